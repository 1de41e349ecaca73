import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { createCompiledJudge } from "../../../src/contract/judge/compiled-judge.ts";
import type { CompiledJudge } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { mayDepart } from "../../support/judges/departures.ts";
import { createReferenceJudge, type ReferenceJudge } from "../../support/judges/reference-judge.ts";
import { repliesOf } from "../../support/judges/replies.ts";
import { createExplain, requestsFor } from "../../support/judges/share.ts";

import { modelOf, partsOf } from "../../support/model/models.ts";
import { runs } from "../../support/runs.ts";

/**
 * `LATCHKEY_AGREEMENT_RUNS=20000 npm test -- test/contract/judge`. `LATCHKEY_AGREEMENT_CONTRACTS` names further contracts,
 * between blanks; then each contract's share is printed, and what the compiled judge left to the validator.
 */
const RUNS = Number(process.env["LATCHKEY_AGREEMENT_RUNS"] ?? runs(1_500));
const USER_CONTRACTS = (process.env["LATCHKEY_AGREEMENT_CONTRACTS"] ?? "").split(" ").filter((path) => path !== "");

/** Of the valid requests, at least these are judged by the compiled judge. */
const LEAST_SHARE = 0.98;

/** The validator removes declared properties of their replies. */
const PRUNED: readonly string[] = ["getAlternatives"];

const total = { valid: 0, compiled: 0 };

async function loadUser(path: string): Promise<Contract> {
  const options = { isStrict: false, hasUpstream: true };
  return partsOf(await loadUserContract(path, loadBuiltInContract().document, options)).contract;
}

describe.each([
  ["the contract of the service", async () => modelOf(loadBuiltInContract())],
  ["a contract with something of everything", async () => modelOf(loadDocument(new URL("rich.yaml", import.meta.url)))],
  ...USER_CONTRACTS.map((path) => [path, () => loadUser(path)] as const),
] as const)("for %s, the compiled judge", (name, load) => {
  let contract: Contract;
  let compiled: CompiledJudge;
  let validator: ReferenceJudge;
  let departing: ReadonlySet<string>;
  beforeAll(async () => {
    contract = await load();
    compiled = createCompiledJudge(contract);
    validator = await createReferenceJudge(contract);
    const { document, operations } = contract.outline;
    departing = new Set(operations.filter((found) => mayDepart(document, found)).map(({ id }) => id));
  });

  it("admits what the validator admits, with the same values", async () => {
    const tally = { valid: 0, compiled: 0, invalid: 0 };
    const left = new Map<string, number>();
    const explain = createExplain(contract);
    const isBuiltIn = USER_CONTRACTS.includes(name) ? contract.isBuiltIn : () => false;
    const found = contract.outline.operations.filter(({ id }) => !isBuiltIn(id));
    await fc.assert(
      fc.asyncProperty(fc.oneof(...found.map((one) => requestsFor(contract, one))), async (request) => {
        if (request === undefined || isBuiltIn(request.operation.id)) return;
        const certain = compiled.judgeRequest(request);
        const judged = await validator.judgeRequest(request);
        const mustAgree = !departing.has(request.operation.id);
        if (certain !== undefined && mustAgree) expect(plain(certain)).toEqual(plain(judged));
        tally[judged.kind === "valid" ? "valid" : "invalid"] += 1;
        if (judged.kind !== "valid") return;
        if (certain !== undefined) tally.compiled += 1;
        else left.set(explain(request), (left.get(explain(request)) ?? 0) + 1);
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    total.valid += tally.valid;
    total.compiled += tally.compiled;
    if (USER_CONTRACTS.length > 0) console.log({ name, ...tally, total, left: Object.fromEntries(left) });
    if (USER_CONTRACTS.includes(name)) return;
    expect(tally.valid).toBeGreaterThan(RUNS / 20);
    expect(tally.invalid).toBeGreaterThan(RUNS / 20);
    expect(tally.compiled / tally.valid).toBeGreaterThan(LEAST_SHARE);
  }, 3_600_000);

  it("admits the replies that the validator sends as they are", async () => {
    const tally = { valid: 0, compiled: 0 };
    const found = contract.outline.operations.filter(({ id }) => !PRUNED.includes(id));
    await fc.assert(
      fc.asyncProperty(fc.oneof(...found.flatMap((one) => repliesOf(contract, one))), async (reply) => {
        const isCertain = compiled.isValidReply(reply);
        const left = await validator.prune(reply);
        if (isCertain) expect(left).toEqual(reply.body);
        if (JSON.stringify(left) !== JSON.stringify(reply.body)) return;
        tally.valid += 1;
        tally.compiled += isCertain ? 1 : 0;
      }),
      { numRuns: RUNS, endOnFailure: true },
    );
    expect(tally.valid).toBeGreaterThan(RUNS / 20);
    expect(tally.compiled / tally.valid).toBeGreaterThan(LEAST_SHARE);
  }, 3_600_000);
});

/** Without cookies, which the validator does not read. */
function plain(judgement: Awaited<ReturnType<ReferenceJudge["judgeRequest"]>>) {
  if (judgement.kind !== "valid") return judgement;
  const { path, query, header } = judgement.parameters;
  return { ...judgement, parameters: { path, query, header } };
}
