import { fileURLToPath } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { asRecord, type JsonObject } from "../../../../src/contract/document/json.ts";
import { loadDocument } from "../../../../src/contract/document/load.ts";
import { type Operation, toOperations } from "../../../../src/contract/model/operations.ts";
import { toOutline } from "../../../../src/contract/model/outline.ts";
import { compileOperations } from "../../../../src/http/stages/validator/compile-operations.ts";
import { identitiesFor } from "../../../../src/http/stages/validator/sample-identities.ts";
import { proveSecurityAgreement } from "../../../../src/http/stages/validator/security-agreement.ts";
import { createValidatorJudge } from "../../../../src/http/stages/validator/validator-judge.ts";
import { DOCUMENT } from "../../../support/model/declared.ts";

const VARIED = loadDocument(fileURLToPath(new URL("varied.yaml", import.meta.url))).document;

/** The contract, with `change` made to our reading of each operation, behind the back of the validator. */
function contractOf(document: JsonObject, change: (operation: Operation) => Operation = (one) => one) {
  const outline = toOutline(document);
  return { outline, operations: toOperations(outline).map(change), schemes: outline.keySchemes };
}

/**
 * The built-in contract with one operation, and with the schemes `Other`, a key, `login`, which is none, `passed`, which the
 * upstream checks, and others that carry keys.
 */
function withSecurity(security: unknown, extension: JsonObject = {}): JsonObject {
  const components = asRecord(DOCUMENT["components"]);
  const securitySchemes = {
    ...asRecord(components["securitySchemes"]),
    Other: { type: "apiKey", in: "header", name: "X-Other-Key" },
    login: { type: "http", scheme: "bearer" },
    passed: { type: "http", scheme: "bearer", "x-latchkey": { security: "passthrough" } },
    certificate: { type: "mutualTLS", "x-latchkey": { security: "passthrough" } },
    bearer: { type: "http", scheme: "bearer", "x-latchkey": { carrier: "key" } },
    fallback: { type: "http", scheme: "bearer", "x-latchkey": { carrier: "fallback" } },
    basic: { type: "http", scheme: "basic", "x-latchkey": { carrier: "password" } },
    cookie: { type: "apiKey", in: "cookie", name: "sid" },
    token: { type: "http", scheme: "Token", "x-latchkey": { carrier: "key" } },
  };
  const operation = { operationId: "getA", security, responses: {}, ...extension };
  return { ...DOCUMENT, components: { ...components, securitySchemes }, paths: { "/a": { get: operation } } };
}

function prove(...words: Parameters<typeof contractOf>) {
  return proveSecurityAgreement(contractOf(...words));
}

function change(id: string, differences: Partial<Operation>) {
  return (operation: Operation): Operation => (operation.id === id ? { ...operation, ...differences } : operation);
}

describe("the agreement about security", () => {
  it.each([
    ["the built-in contract", DOCUMENT],
    ["alternatives", VARIED],
    ["two schemes at once", withSecurity([{ ApiKey: ["a"], Other: ["b"] }])],
    ["three alternatives", withSecurity([{ ApiKey: ["a", "b"] }, { Other: ["b", "c"] }, { ApiKey: ["d"] }])],
    ["a login next to a key", withSecurity([{ ApiKey: ["a"], login: ["x"] }])],
    ["a login that is an alternative, which no key meets", withSecurity([{ ApiKey: ["a"] }, { login: [] }])],
    [
      "an upstream that checks logins itself",
      withSecurity([{ login: [] }], { "x-latchkey": { security: "passthrough" } }),
    ],
    ["a key in the query", withSecurity([{ ApiKeyQuery: ["a"] }])],
    ["a key in the header or in the query", withSecurity([{ ApiKey: ["a"] }, { ApiKeyQuery: ["b"] }])],
    [
      "keys in every other place",
      withSecurity([{ bearer: ["a"] }, { basic: ["b"] }, { cookie: [] }, { token: ["c"] }]),
    ],
    ["two values of which one is the key", withSecurity([{ cookie: ["a"], Other: ["b"] }])],
    ["a scheme that is chosen before another one", withSecurity([{ ApiKey: ["a"], bearer: ["b"] }])],
    ["a fallback alone", withSecurity([{ fallback: ["a"] }])],
    ["a fallback beside a key, which no key meets", withSecurity([{ ApiKey: ["a"] }, { fallback: [] }])],
    ["an optional key", withSecurity([{}, { ApiKey: ["a"] }])],
    ["an optional key with alternatives", withSecurity([{ ApiKey: ["a", "b"] }, { cookie: ["c"] }, {}])],
    ["an optional fallback", withSecurity([{ fallback: ["a"] }, {}])],
    ["nothing but {}", withSecurity([{}])],
    ["a credential that the upstream checks instead of a key", withSecurity([{ ApiKey: ["a"] }, { passed: ["x"] }])],
    ["a credential that the upstream checks, without keys", withSecurity([{ passed: [] }])],
    ["one that the upstream checks, and an optional key", withSecurity([{}, { passed: [] }, { ApiKey: ["a"] }])],
    [
      "one of which a request shows only a part, which admits no request",
      withSecurity([{ ApiKey: ["a"] }, { passed: [], certificate: [] }]),
    ],
    ["no security", withSecurity([])],
    ["inherited security", { ...withSecurity(undefined), security: [{ ApiKey: ["a"] }] }],
  ])("stands for %s", async (_title, document) => {
    await expect(prove(document)).resolves.toBeUndefined();
  });

  it.each([
    ["the service takes an operation for a public one", { isPublic: true }, "the validator refuses it"],
    [
      "the service asks for no scope",
      { requirements: [[{ scheme: "ApiKey", scopes: [] }]] },
      "the validator refuses it",
    ],
    [
      "the service asks for another scope",
      { requirements: [[{ scheme: "ApiKey", scopes: ["info:read"] }]] },
      "Latchkey refuses it (scope-missing)",
    ],
    [
      "the service asks for less",
      { scopes: ["data:read", "a"], requirements: [[{ scheme: "ApiKey", scopes: ["a"] }]] },
      "Latchkey admits it (scopes a)",
    ],
    ["the service asks for no key", { requirements: [[]] }, "getData asks for a key"],
    ["the service takes a key for optional", { isOptional: true }, "the validator refuses it"],
    [
      "the service leaves an alternative to the upstream",
      { otherAlternatives: [[{ in: "header", name: "x-other" }]] },
      "a request with another credential: the validator refuses it",
    ],
  ] as const satisfies readonly (readonly [string, Partial<Operation>, string])[])(
    "stops the start when %s",
    async (_title, differences, message) => {
      const start = createValidatorJudge(contractOf(DOCUMENT, change("getData", differences)));
      await expect(start).rejects.toThrow(message);
      await expect(start).rejects.toThrow("getData");
    },
  );

  it.each([
    ["is open", withSecurity([])],
    ["admits every request by an empty alternative", withSecurity([{ ApiKey: ["a"] }, {}])],
    ["leaves an alternative to the upstream", withSecurity([{ ApiKey: ["a"] }, { passed: [] }])],
    ["asks for another scope", withSecurity([{ ApiKey: ["b"] }])],
    ["asks for one scope more", withSecurity([{ ApiKey: ["a", "b"] }])],
    ["has another alternative", withSecurity([{ ApiKey: ["a"] }, { Other: [] }])],
  ])("stops the start when an operation %s for the validator alone", async (_title, document) => {
    const own = contractOf(withSecurity([{ ApiKey: ["a"] }]));
    const { outline } = contractOf(document);
    await expect(proveSecurityAgreement({ ...own, outline })).rejects.toThrow("GET /a (getA), a request with");
  });

  it("names the operation, the identity and both decisions", async () => {
    await expect(prove(DOCUMENT, change("getData", { isPublic: true }))).rejects.toThrow(
      "GET /data (getData), a request with no key: the validator refuses it, but Latchkey admits it (without a key)",
    );
  });

  it("is a finding of the operation when all operations are compiled", async () => {
    const errors = await compileOperations(contractOf(DOCUMENT, change("getData", { isPublic: true })));
    expect(errors).toEqual([
      { operationId: "getData", aspect: "security", message: expect.stringContaining("GET /data (getData)") },
    ]);
  });

  it("is asked with every kind of identity, and with every set of scopes that matters", () => {
    const [operation] = toOperations(toOutline(withSecurity([{ ApiKey: ["a", "b"] }, { Other: ["c"] }])));
    if (operation === undefined) throw new Error("There is one operation.");
    expect(identitiesFor(operation).map(([name]) => name)).toEqual([
      "no key",
      "another credential",
      "two keys",
      "a key in the query",
      "an unknown key",
      "a key that cannot be looked up",
      "a key that is active",
      "a key that is superseded",
      "a key that is disabled",
      "a key that is expired",
      "a key that is revoked",
      "a key of a disabled client",
      "a key of another environment",
      "a key from another address",
      "a key with no scope",
      "a key with the scopes a, b",
      "a key with the scopes c",
      "a key with the scopes b",
      "a key with the scopes a",
    ]);
  });
});
