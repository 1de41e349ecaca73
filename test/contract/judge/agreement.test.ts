import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { createCompiledJudge } from "../../../src/contract/judge/compiled-judge.ts";
import type { CompiledJudge, JudgedRequest, Judgement } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { judgedRequestOf } from "../../support/judges/judged-request.ts";
import { stagesJudge } from "../../support/judges/stages-judge.ts";
import { modelOf } from "../../support/model/models.ts";
import { generatedRequests } from "../../support/wire/generated-requests.ts";

const RUNS = Number(process.env["LATCHKEY_AGREEMENT_RUNS"] ?? 1_500);

/** Of the valid requests, at least these are judged by the compiled judge. */
const LEAST_SHARE = 0.98;

/** Operations for which the validator departs from the specification: docs/validator-differences.md. */
const DEPARTURES: readonly string[] = ["choose"];

describe.each([
  ["the contract of the service", () => modelOf(loadBuiltInContract())],
  ["a contract with something of everything", () => modelOf(loadDocument(new URL("rich.yaml", import.meta.url)))],
] as const)("for %s, the compiled judge", (_name, load) => {
  let contract: Contract;
  let compiled: CompiledJudge;
  let validator: (request: JudgedRequest) => Promise<Judgement>;
  beforeAll(() => {
    contract = load();
    compiled = createCompiledJudge(contract);
    validator = stagesJudge(contract);
  });

  it("admits what the validator admits, with the same values", async () => {
    const tally = { valid: 0, compiled: 0, invalid: 0 };
    const requests = contract.outline.operations.map((found) => generatedRequests(contract.document, found, ["key"]));
    await fc.assert(
      fc.asyncProperty(fc.oneof(...requests), async (text) => {
        const request = judgedRequestOf(text, contract);
        if (request === undefined) return;
        const certain = compiled.judgeRequest(request);
        const judged = await validator(request);
        if (certain !== undefined && !DEPARTURES.includes(request.operation.id)) {
          expect(withoutCookies(certain)).toEqual(withoutCookies(judged));
        }
        tally[judged.kind] += 1;
        tally.compiled += judged.kind === "valid" && certain !== undefined ? 1 : 0;
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(tally.valid).toBeGreaterThan(RUNS / 20);
    expect(tally.invalid).toBeGreaterThan(RUNS / 20);
    expect(tally.compiled / tally.valid).toBeGreaterThan(LEAST_SHARE);
  });
});

/** The validator reads no cookies. */
function withoutCookies(judgement: Judgement) {
  return judgement.kind === "valid"
    ? { ...judgement, parameters: { ...judgement.parameters, cookie: undefined } }
    : judgement;
}
