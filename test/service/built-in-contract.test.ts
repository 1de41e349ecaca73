import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../src/contract/document/load.ts";
import { findLines } from "../../src/contract/model/source-lines.ts";
import { BUILT_IN_CONTRACT, loadBuiltInContract, parseBuiltInContract } from "../../src/service/built-in-contract.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();

describe("the built-in contract", () => {
  it("is generated as its file says, with the lines of that file", () => {
    const { document, lineOf, text } = loadDocument(BUILT_IN_CONTRACT);
    const builtIn = loadBuiltInContract();
    expect(builtIn).toEqual({ document, text, lines: expect.anything() });
    const { outline, sourceLines } = parseBuiltInContract(builtIn);
    expect(builtIn.lines).toEqual(findLines(outline, lineOf));
    expect(sourceLines.lineOf("getData", "operation")).toBe(lineOf(["paths", "/data", "get"]));
  });

  it("is refused when its file has changed since it was generated", () => {
    const changed = join(folder, "openapi.yaml");
    writeFileSync(changed, readFileSync(BUILT_IN_CONTRACT, "utf8").replace("/data:", "/date:"));
    expect(() => loadBuiltInContract(changed)).toThrow(
      expect.objectContaining({
        findings: [{ line: 1, message: expect.stringMatching(/another version .*: run npm run generate$/) }],
      }),
    );
  });
});
