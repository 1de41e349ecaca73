import { describe, expect, it } from "@jest/globals";
import { asRecord, findAt } from "../../src/contract/document/json.ts";
import { loadDocument } from "../../src/contract/document/load.ts";
import { KEYS_IN_TEXT } from "../../src/keys/format.ts";
import { SCOPE } from "../../src/keys/scopes.ts";
import { BUILT_IN_CONTRACT } from "../../src/service/built-in-contract.ts";

const { document } = loadDocument(BUILT_IN_CONTRACT);
const schemaOf = (name: string) => asRecord(findAt(document, ["components", "schemas", name]));

describe("openapi.yaml describes", () => {
  it("a key's text with the same pattern as the code", () => {
    expect(schemaOf("KeySecret")["pattern"]).toBe(`^${KEYS_IN_TEXT.source}$`);
  });

  it("a scope with the same pattern as the code; there the length stands in maxLength", () => {
    const { pattern, minLength, maxLength } = schemaOf("Scope");
    expect(minLength).toBe(1);
    expect(`${pattern}`.replace("*$", `{0,${Number(maxLength) - 1}}$`)).toBe(SCOPE.source);
  });
});
