import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadBuiltInContract } from "../../src/service/built-in-contract.ts";
import { loadServedContract } from "../../src/service/served-contract.ts";
import { HEALTHY } from "../support/model/contract.ts";
import { partsOf } from "../support/model/models.ts";
import { someConfig } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();
const path = join(folder, "openapi.yaml");
const cacheFolder = join(folder, "cache");
const environment = { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: "http://127.0.0.1:9" };

async function load(others: Readonly<Record<string, string>> = {}) {
  const config = someConfig({ ...environment, ...others });
  return partsOf(await loadServedContract(config, loadBuiltInContract(), { hasHostApp: false, cacheFolder }));
}

describe("a user contract that is served again", () => {
  it("is the same as when it was judged", async () => {
    writeFileSync(path, HEALTHY);
    const judged = await load();
    expect(readdirSync(cacheFolder)).toHaveLength(1);
    const kept = await load();
    expect(kept.warnings).toEqual(judged.warnings);
    const { contract } = kept;
    expect(contract.document).toEqual(judged.contract.document);
    expect(contract.operations).toEqual(judged.contract.operations);
    expect(contract.schemes).toEqual(judged.contract.schemes);
    expect(contract.text()).toBe(judged.contract.text());
    for (const { id } of contract.operations) {
      expect(contract.isBuiltIn(id)).toBe(judged.contract.isBuiltIn(id));
      expect(contract.sourceLines.lineOf(id, "security")).toBe(judged.contract.sourceLines.lineOf(id, "security"));
    }
  });

  it("is refused as soon as it has a finding, and accepted again without it", async () => {
    writeFileSync(path, HEALTHY);
    await load();
    writeFileSync(
      path,
      HEALTHY.replace("operationId: getThing", "operationId: getThing\n      x-latchkey: { sopes: [] }"),
    );
    expect((await load()).findings).toHaveLength(1);
    writeFileSync(path, HEALTHY);
    expect((await load()).findings).toEqual([]);
  });

  it("is refused again when strictness is asked for later", async () => {
    writeFileSync(path, HEALTHY.replace(/maxLength: \d+, pattern: [^ ]+ /, ""));
    expect((await load()).findings).toEqual([]);
    expect((await load({ LATCHKEY_STRICT: "true" })).findings).not.toEqual([]);
  });

  it("is judged each time when it refers to other files, which may change alone", async () => {
    const parts = join(folder, "parts");
    mkdirSync(parts, { recursive: true });
    writeFileSync(join(parts, "thing.yaml"), "{ type: string, maxLength: 50 }");
    const text = HEALTHY.replace("{ type: string, maxLength: 50, pattern: '^[a-z]+$' }", "{ $ref: parts/thing.yaml }");
    expect(text).not.toBe(HEALTHY);
    writeFileSync(path, text);
    expect((await load()).warnings).toEqual([]);
    writeFileSync(join(parts, "thing.yaml"), "{ type: string }");
    expect((await load()).warnings).toHaveLength(1);
  });
});
