import { describe, expect, it } from "@jest/globals";
import { authorizeOperation, type SecuredOperation } from "../../src/auth/authorize-operation.ts";
import type { Identity, KnownKey } from "../../src/auth/identify.ts";
import { asRecord, type JsonObject } from "../../src/contract/document/json.ts";
import { aKey } from "../support/builders.ts";
import { DOCUMENT } from "../support/model/declared.ts";
import { operationsOf } from "../support/model/models.ts";

/** An operation with this `security`, in a contract that also has the scheme `login`, which is not a key. */
function operationWith(security: readonly JsonObject[], extension?: JsonObject): SecuredOperation {
  const { components } = DOCUMENT;
  const securitySchemes = {
    ...asRecord(asRecord(components)["securitySchemes"]),
    Other: { type: "apiKey", in: "header", name: "X-Other-Key" },
    login: { type: "http", scheme: "bearer" },
    passed: { type: "http", scheme: "bearer", "x-latchkey": { security: "passthrough" } },
  };
  const operation = { operationId: "getA", security, responses: {}, ...(extension && { "x-latchkey": extension }) };
  const [found] = operationsOf({
    ...DOCUMENT,
    components: { ...asRecord(components), securitySchemes },
    paths: { "/a": { get: operation } },
  });
  if (found === undefined) throw new Error("The contract has no operation.");
  return found;
}

function known(scopes: readonly string[], differences: Partial<KnownKey> = {}): KnownKey {
  return {
    kind: "known",
    key: aKey({ scopes }),
    state: "active",
    isAccepted: true,
    isAddressAllowed: true,
    ...differences,
  };
}

const IN_QUERY: Identity = { kind: "in-query", parameter: "api_key" };
const ALTERNATIVES = operationWith([{ ApiKey: ["a"] }, { ApiKey: ["b", "c"] }]);

function kindOf(operation: SecuredOperation, identity: Identity): string {
  return authorizeOperation(operation, identity).kind;
}

describe("the authorization of an operation", () => {
  it("admits a key that meets one alternative, and returns the scopes of that one", () => {
    expect(authorizeOperation(ALTERNATIVES, known(["a"]))).toMatchObject({ kind: "admitted", scopes: ["a"] });
    expect(authorizeOperation(ALTERNATIVES, known(["c", "b"]))).toMatchObject({ kind: "admitted", scopes: ["b", "c"] });
    expect(authorizeOperation(ALTERNATIVES, known(["a", "b", "c"]))).toMatchObject({ scopes: ["a"] });
  });

  it("tells a key that meets none what it lacks for the last one", () => {
    expect(authorizeOperation(ALTERNATIVES, known(["b"]))).toMatchObject({ kind: "scope-missing", scopes: ["c"] });
  });

  it("asks a key for the scopes of all schemes of one alternative", () => {
    const both = operationWith([{ ApiKey: ["a"], Other: ["b"] }]);
    expect(authorizeOperation(both, known(["a"]))).toMatchObject({ kind: "scope-missing", scopes: ["b"] });
    expect(authorizeOperation(both, known(["a", "b"]))).toMatchObject({ kind: "admitted", scopes: ["a", "b"] });
  });

  it.each([
    [{ kind: "none" }, "key-missing"],
    [{ kind: "ambiguous" }, "key-ambiguous"],
    [IN_QUERY, "key-in-query"],
    [{ kind: "unknown" }, "key-invalid"],
    [{ kind: "undecided", cause: new Error("down") }, "unavailable"],
    [known(["a"], { state: "expired" }), "key-expired"],
    [known(["a"], { state: "revoked" }), "key-revoked"],
    [known(["a"], { state: "disabled" }), "key-disabled"],
    [known(["a"], { isAccepted: false }), "environment-refused"],
    [known(["a"], { isAddressAllowed: false }), "address-refused"],
    [known(["a"], { state: "superseded" }), "admitted"],
  ] as const satisfies readonly (readonly [Identity, string])[])("refuses or admits %j: %s", (identity, kind) => {
    expect(kindOf(ALTERNATIVES, identity)).toBe(kind);
  });

  it("admits everything but a key in the query to an operation that needs no key, and returns no key", () => {
    for (const open of [operationWith([]), operationWith([{ login: [] }], { security: "passthrough" })]) {
      for (const identity of [{ kind: "none" }, { kind: "unknown" }, known([])] as const)
        expect(authorizeOperation(open, identity)).toEqual({ kind: "admitted", key: undefined, scopes: [] });
      expect(authorizeOperation(open, IN_QUERY)).toEqual({ kind: "key-in-query", parameter: "api_key" });
    }
  });

  it("leaves a login next to a key to the upstream", () => {
    const withLogin = operationWith([{ ApiKey: ["a"], login: ["user"] }]);
    expect(authorizeOperation(withLogin, known(["a"]))).toMatchObject({ kind: "admitted", scopes: ["a"] });
    expect(kindOf(withLogin, { kind: "none" })).toBe("key-missing");
  });

  it("never admits a request by an alternative that asks for no key", () => {
    const login = { login: [] };
    for (const kind of ["none", "other-credential"] as const)
      expect(kindOf(operationWith([{ ApiKey: ["a"] }, login]), { kind })).toBe("key-missing");
    expect(kindOf(operationWith([login, { ApiKey: ["a"] }]), known(["b"]))).toBe("scope-missing");
    expect(() => authorizeOperation(operationWith([login]), known(["a"]))).toThrow("getA asks for a key");
  });

  describe("where the key is optional", () => {
    const optional = operationWith([{}, { ApiKey: ["a"] }]);

    it("admits a request without a key, and with any other credential", () => {
      for (const kind of ["none", "other-credential"] as const)
        expect(authorizeOperation(optional, { kind })).toEqual({ kind: "admitted", key: undefined, scopes: [] });
    });

    it("identifies the caller who sends a key, with the scopes that it was asked for", () => {
      expect(authorizeOperation(optional, known(["a"]))).toMatchObject({ kind: "admitted", key: {}, scopes: ["a"] });
      expect(authorizeOperation(optional, known([]))).toMatchObject({ kind: "admitted", key: {}, scopes: [] });
    });

    it.each([
      [{ kind: "unknown" }, "key-invalid"],
      [{ kind: "ambiguous" }, "key-ambiguous"],
      [IN_QUERY, "key-in-query"],
      [{ kind: "undecided", cause: undefined }, "unavailable"],
      [known(["a"], { state: "revoked" }), "key-revoked"],
      [known([], { isAddressAllowed: false }), "address-refused"],
    ] as const satisfies readonly (readonly [Identity, string])[])("never takes %j for no key", (identity, kind) => {
      expect(kindOf(optional, identity)).toBe(kind);
    });
  });

  describe("where the upstream checks another credential", () => {
    const either = operationWith([{ ApiKey: ["a"] }, { passed: [] }]);
    const other = operationWith([{ passed: [] }]);

    it("admits a request with that credential without a key", () => {
      for (const operation of [either, other])
        expect(authorizeOperation(operation, { kind: "other-credential" })).toMatchObject({
          kind: "admitted",
          key: undefined,
        });
    });

    it("admits no request without a credential, and no key that is not admitted", () => {
      expect(kindOf(either, { kind: "none" })).toBe("key-missing");
      expect(kindOf(either, known([]))).toBe("scope-missing");
      expect(kindOf(either, known(["a"], { state: "revoked" }))).toBe("key-revoked");
      expect(kindOf(other, { kind: "none" })).toBe("key-missing");
      expect(kindOf(other, known(["a"]))).toBe("key-missing");
      expect(kindOf(other, IN_QUERY)).toBe("key-in-query");
    });
  });

  it("knows the requirements of every built-in operation as the contract writes them", () => {
    for (const { id, requirements } of operationsOf(DOCUMENT)) {
      const { security } = writtenOperation(id);
      expect(requirements.map((one) => Object.fromEntries(one.map(({ scheme, scopes }) => [scheme, scopes])))).toEqual(
        security,
      );
    }
  });
});

function writtenOperation(id: string): JsonObject {
  const written = Object.values(asRecord(DOCUMENT["paths"])).flatMap((item) => Object.values(asRecord(item)));
  return asRecord(written.find((one) => asRecord(one)["operationId"] === id));
}
