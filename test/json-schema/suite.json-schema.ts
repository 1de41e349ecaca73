import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { createOwnJudges, joinJudges } from "../../src/contract/judge/join-judges.ts";
import type { Judge } from "../../src/contract/judge/judge.ts";
import type { Contract } from "../../src/contract/model/contract.ts";
import { loadUserContract } from "../../src/contract/user/load-user-contract.ts";
import { DEPARTURES, UNSERVED } from "./departures.ts";
import { installedSuite } from "./installed.ts";

type Group = {
  readonly description: string;
  readonly schema: unknown;
  readonly tests: readonly { readonly description: string; readonly data: unknown; readonly valid: boolean }[];
};

const SUITE = installedSuite();

const folder = mkdtempSync(join(tmpdir(), "json-schema-suite-"));
afterAll(() => rmSync(folder, { recursive: true }));

describe("the JSON Schema Test Suite, as schemas of bodies", () => {
  it.each(globSync("**/*.json", { cwd: SUITE, exclude: ["**/refRemote.json"] }).sort())("%s", async (file) => {
    // The parser of the tests would read 1e400 as the contract's parser does.
    const groups: readonly Group[] = JSON.parse(readFileSync(join(SUITE, file), "utf8"));
    const wrong: string[] = [];
    for (const group of groups) {
      const contract = await contractOf(group.schema);
      if (contract === undefined) wrong.push(`unserved: ${group.description}`);
      else for (const kind of ["compiled", "evaluated"] as const) wrong.push(...(await wrongIn(group, contract, kind)));
    }
    const name = file.replace(/\.json$/, "");
    expect([...new Set(wrong)]).toEqual([...(UNSERVED[name] ?? []), ...(DEPARTURES[name] ?? [])]);
  });
});

/** The tests of `group` whose verdict is another one. */
async function wrongIn(
  { description, tests }: Group,
  contract: Contract,
  kind: "compiled" | "evaluated",
): Promise<readonly string[]> {
  const own = createOwnJudges(contract);
  const judge = joinJudges({ ...own, ...(kind === "evaluated" && { compiled: undefined }), validator: UNUSED });
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error("The contract has no operation.");
  const wrong: string[] = [];
  for (const { data, valid, description: about } of tests) {
    const body = { mediaType: "application/json", value: data, bytes: Buffer.from(JSON.stringify(data)) };
    const judgement = await judge.judgeRequest({ operation, pathParams: {}, query: "", headers: {}, body });
    if ((judgement.kind === "valid") !== valid)
      wrong.push(`${valid ? "refused" : "admitted"}: ${description} / ${about}`);
  }
  return wrong;
}

const unused = () => {
  throw new Error("The validator is not asked about JSON in bodies.");
};
const UNUSED: Judge = { judgeRequest: unused, judgeReply: unused };

/** Undefined where the check of contracts refuses the schema. */
async function contractOf(schema: unknown): Promise<Contract | undefined> {
  const path = join(folder, "contract.json");
  const content = { "application/json": { schema: withId(schema) } };
  const post = {
    operationId: "send",
    security: [],
    requestBody: { required: true, content },
    responses: { 204: { description: "The body matches." } },
  };
  const info = { title: "JSON Schema Test Suite", version: "1" };
  writeFileSync(path, JSON.stringify({ openapi: "3.1.1", info, paths: { "/": { post } } }));
  try {
    const parsed = await loadUserContract(path, {}, { isStrict: false, hasUpstream: true });
    return parsed.kind === "sound" ? parsed.contract : undefined;
  } catch {
    return undefined;
  }
}

/** The suite takes each schema for a whole document. */
function withId(schema: unknown): unknown {
  const isWhole = typeof schema === "object" && schema !== null && !("$id" in schema);
  return isWhole ? { $id: "https://example.com/schema", ...schema } : schema;
}
