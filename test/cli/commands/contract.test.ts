import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";
import { healthyBut, lineWith } from "../../support/model/contract.ts";
import { OPERATIONS } from "../../support/model/declared.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const check = (...words: string[]) => runCaptured(["contract", "check", ...words]);

function aFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("latchkey contract check", () => {
  it("finds nothing in the built-in contract", async () => {
    const own = fileURLToPath(BUILT_IN_CONTRACT);
    const out = `${own}: no findings; the schemas of all ${OPERATIONS.length} operations compile\n`;
    expect(await check()).toEqual({ code: 0, out, err: "" });
    expect(await check("--json")).toEqual({ code: 0, out: '{"findings":[],"warnings":[]}\n', err: "" });
    expect((await check(own)).code).toBe(0);
  });

  it("finds a schema of a response that matches nothing, which a service would find with its first response", async () => {
    const content = "content: { application/json: { schema: { type: nonsense } } }";
    const text = healthyBut("'200': { description: The thing. }", `'200': { description: The thing., ${content} }`);
    const file = aFile("nonsense.yaml", text);
    const message = /nonsense\.yaml:16: .*nonsense is not a type of JSON Schema: correct it/;
    expect(await check(file)).toMatchObject({ code: 0, out: expect.stringMatching(message) });
    expect(await check(file, "--strict")).toMatchObject({ code: 1, out: expect.stringMatching(message) });
  });

  it("prints the file, the line and the fix of each finding", async () => {
    const text = readFileSync(BUILT_IN_CONTRACT, "utf8").replace("operationId: getData\n", "summary: Nameless\n");
    const nameless = text.slice(0, text.indexOf("summary: Nameless")).split("\n").length;
    const file = aFile("nameless.yaml", text);

    const { code, out, err } = await check(file);
    expect(code).toBe(1);
    const lines = out.trimEnd().split("\n");
    for (const line of lines) expect(line).toMatch(/^\/.+\/nameless\.yaml:\d+: \S.+$/);
    const numbers = lines.map((line) => Number(/:(\d+): /.exec(line)?.[1]));
    expect(numbers.some((number) => Math.abs(number - nameless) <= 3)).toBe(true);
    expect(err).toBe(`${file} has ${lines.length} ${lines.length === 1 ? "finding" : "findings"}.\n`);

    const { findings } = JSON.parse((await check(file, "--json")).out);
    expect(
      findings.map(({ line, message }: { line: number; message: string }) => `${file}:${line}: ${message}`),
    ).toEqual(lines);
  });

  it.each([
    ["that is not there", "nowhere.yaml", undefined, /:1: cannot open .+ENOENT/],
    ["that is not YAML", "broken.yaml", "openapi: 3.1.0\npaths: [\n", /:[23]: \S/],
    ["that is not a contract", "diary.yaml", "dear: diary\n", /:1: \S/],
    ["that is empty", "empty.yaml", "", /:1: \S/],
  ])("refuses a file %s", async (_, name, text, finding) => {
    const file = text === undefined ? join(folder, name) : aFile(name, text);
    const { code, out, err } = await check(file);
    expect(code).toBe(1);
    expect(out).toMatch(finding);
    expect(err).toMatch(/has \d+ findings?\.\n$/);
  });

  const many = Array.from(
    { length: 20 },
    (_, index) => `        - { name: q${index}, in: query, schema: { type: string } }`,
  );
  const UNBOUNDED = healthyBut("        - name: size\n", `${many.join("\n")}\n        - name: size\n`);

  it("warns of what is unbounded, in one line for all that are alike", async () => {
    const file = aFile("unbounded.yaml", UNBOUNDED);
    const { code, out } = await check(file);
    expect(code).toBe(0);
    const [warning, verdict, ...others] = out.trimEnd().split("\n");
    const first = lineWith(UNBOUNDED, "name: q0,");
    expect(warning).toBe(
      `${file}:${first}: warning: a string has no upper bound: add maxLength (at ${PLACE}) (and 19 more like it: lines ${first + 1}, ${first + 2}, ${first + 3}, ${first + 4}, ${first + 5}, ${first + 6}, ${first + 7}, ${first + 8}, …)`,
    );
    expect(verdict).toMatch(
      /: no findings that stop the start, 20 warnings; the schemas of all \d+ operations compile$/,
    );
    expect(others).toEqual([]);
    expect((await check("--all", file)).out.trimEnd().split("\n")).toHaveLength(21);
  });

  it("refuses what is unbounded where strictness is asked for", async () => {
    const file = aFile("strict.yaml", UNBOUNDED);
    const { code, out, err } = await check("--strict", file);
    expect(code).toBe(1);
    expect(out.trimEnd().split("\n")).toHaveLength(1);
    expect(err).toBe(
      `${file} has 20 findings. --all lists each. They would be only warnings without strictness (--strict, LATCHKEY_STRICT).\n`,
    );
    const environment = { LATCHKEY_STRICT: "true" };
    expect((await runCaptured(["contract", "check", file], { environment })).code).toBe(1);
    expect((await runCaptured(["contract", "check", "--lenient", file], { environment })).code).toBe(0);
    const both = await check("--strict", "--lenient", file);
    expect(both.code).not.toBe(0);
    expect(both.err).toContain("'--strict' cannot be used with option '--lenient'");
  });
});

const PLACE = "paths//things/{thingId}/get/parameters/0/schema";
