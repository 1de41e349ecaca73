import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const latchkey = (...words: string[]) => runCaptured(words);
const CONTRACT =
  "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths:\n  /a:\n    get:\n      operationId: getA\n      responses: { '200': { description: A. } }\n";

function aFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe("latchkey init", () => {
  it("writes a copy beside the contract, that can be checked at once", async () => {
    const path = aFile("api.yaml", CONTRACT);
    const out = join(folder, "api.latchkey.yaml");
    const { code, out: told } = await latchkey("init", path);
    expect(code).toBe(0);
    expect(told).toContain("GET /a needs a:read, because it declared no security");
    expect(told).toContain(`npm run -s latchkey -- contract check ${out}`);
    expect(readFileSync(path, "utf8")).toBe(CONTRACT);
    expect((await latchkey("contract", "check", out)).code).toBe(0);
  });

  it("overwrites nothing unless it is told to", async () => {
    const path = aFile("twice.yaml", CONTRACT);
    const out = aFile("twice.latchkey.yaml", "mine");
    const { code, err } = await latchkey("init", path);
    expect([code, err]).toEqual([
      1,
      `${out} already exists: add --force to overwrite it, or --out for another file.\n`,
    ]);
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect((await latchkey("init", path, "--force")).code).toBe(0);
    expect(readFileSync(out, "utf8")).toContain("ApiKey");
  });

  it("writes JSON for JSON, and prints its changes as JSON", async () => {
    const path = aFile("api.json", JSON.stringify({ openapi: "3.0.3", paths: { "/a": { get: { responses: {} } } } }));
    const { out } = await latchkey("init", path, "--json");
    const { file, changes } = JSON.parse(out);
    expect(changes).toContainEqual({ operation: "GET /a", message: "is named getA" });
    expect(JSON.parse(readFileSync(file, "utf8")).paths["/a"].get["x-latchkey"]).toEqual({ scopes: ["a:read"] });
    expect((await latchkey("init", path, "--out", "-")).out).toMatch(/^\{\n {2}"openapi": "3\.0\.3"/);
  });

  it.each([
    ["another version", 'swagger: "2.0"\n', /is not an OpenAPI 3\.1 or 3\.0 document/],
    ["no document", "a: [", /The contract cannot be read/],
  ])("refuses %s", async (_, text, message) => {
    const { code, err } = await latchkey("init", aFile("bad.yaml", text));
    expect(code).toBe(1);
    expect(err).toMatch(message);
  });

  it("reports a missing file", async () => {
    expect((await latchkey("init", join(folder, "nowhere.yaml"))).err).toContain("cannot open");
  });
});
