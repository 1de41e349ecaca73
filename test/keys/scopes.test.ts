import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isAdministrative, missingScopes, ungrantableScopes } from "../../src/keys/scopes.ts";
import { SCOPES } from "../support/builders.ts";

const sets = fc.subarray([...SCOPES, "keys:verify", "usage:read", "audit:read", "metrics:read"]);

describe("a scope", () => {
  it.each([
    "clients:read",
    "clients:write",
    "keys:read",
    "keys:write",
    "keys:verify",
    "usage:read",
    "audit:read",
    "metrics:read",
    "keys",
  ])("%s administers this service", (scope) => expect(isAdministrative(scope)).toBe(true));

  it.each(["data:read", "info:read", "secret:read", "keysmith:read", "key:read", "data:keys", "Keys:read", ""])(
    "%s only gives access to data",
    (scope) => expect(isAdministrative(scope)).toBe(false),
  );
});

describe("the scopes that are missing", () => {
  it("are the needed ones that are not held, in their order", () => {
    expect(missingScopes(["b:read"], ["c:read", "b:read", "a:read"])).toEqual(["c:read", "a:read"]);
  });

  it("are none if nothing is needed or everything is held", () => {
    expect(missingScopes([], [])).toEqual([]);
    expect(missingScopes(SCOPES, SCOPES)).toEqual([]);
  });

  it("are compared as a whole: no prefixes, wildcards or other cases", () => {
    expect(missingScopes(["data", "data:*", "*", "DATA:READ", "data:read-all"], ["data:read"])).toEqual(["data:read"]);
  });
});

describe("a key that issues keys", () => {
  it("may grant any data scope, held or not", () => {
    expect(ungrantableScopes(["keys:write"], ["data:read", "secret:read", "billing:write"])).toEqual([]);
  });

  it("may grant an administrative scope that it holds", () => {
    expect(ungrantableScopes(["keys:write", "clients:read"], ["keys:write", "clients:read"])).toEqual([]);
  });

  it("may not grant an administrative scope that it lacks", () => {
    expect(ungrantableScopes(["keys:write"], ["data:read", "keys:read", "clients:write"])).toEqual([
      "keys:read",
      "clients:write",
    ]);
  });

  it("can never grant administrative scopes beyond its own", () => {
    fc.assert(
      fc.property(sets, sets, (held, wanted) => {
        const refused = ungrantableScopes(held, wanted);
        const granted = wanted.filter((scope) => !refused.includes(scope));
        expect(granted.filter(isAdministrative).every((scope) => held.includes(scope))).toBe(true);
        expect(refused.some((scope) => held.includes(scope) || !isAdministrative(scope))).toBe(false);
      }),
    );
  });
});
