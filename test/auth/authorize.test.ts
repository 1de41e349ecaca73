import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { authorize, type Outcome, REFUSALS } from "../../src/auth/authorize.ts";
import type { Identity } from "../../src/auth/identify.ts";
import { findAt } from "../../src/contract/document/json.ts";
import { loadDocument } from "../../src/contract/document/load.ts";
import { PROBLEMS } from "../../src/problem/catalog.ts";
import { BUILT_IN_CONTRACT } from "../../src/service/built-in-contract.ts";
import { CHECKS } from "../../src/usage/decision.ts";
import { aKey, SCOPES } from "../support/builders.ts";

const key = aKey({ scopes: ["data:read", "keys:read"] });

type Known = Extract<Identity, { readonly kind: "known" }>;

function known(differences: Partial<Known> = {}): Known {
  return { kind: "known", key, state: "active", isAccepted: true, isAddressAllowed: true, ...differences };
}

const cause = new Error("outage");

const OUTCOMES: readonly [string, Identity, readonly string[], Outcome][] = [
  ["no key", { kind: "none" }, ["data:read"], { kind: "key-missing" }],
  ["no key, and no scope is needed", { kind: "none" }, [], { kind: "key-missing" }],
  ["two keys", { kind: "ambiguous" }, [], { kind: "key-ambiguous" }],
  ["a key in the URL", { kind: "in-query", parameter: "k" }, [], { kind: "key-in-query", parameter: "k" }],
  ["an unknown key", { kind: "unknown" }, [], { kind: "key-invalid" }],
  ["a store that fails", { kind: "undecided", cause }, [], { kind: "unavailable", cause }],
  ["an active key with the scope", known(), ["data:read"], { kind: "admitted", key }],
  ["an active key with all scopes", known(), ["keys:read", "data:read"], { kind: "admitted", key }],
  ["an active key, and no scope is needed", known(), [], { kind: "admitted", key }],
  ["a key without the scope", known(), ["secret:read"], { kind: "scope-missing", key, scopes: ["secret:read"] }],
  [
    "a key with one scope of three",
    known(),
    ["info:read", "data:read", "secret:read"],
    { kind: "scope-missing", key, scopes: ["info:read", "secret:read"] },
  ],
  ["an expired key", known({ state: "expired" }), ["data:read"], { kind: "key-expired", key }],
  ["a revoked key", known({ state: "revoked" }), ["data:read"], { kind: "key-revoked", key }],
  ["a key of another environment", known({ isAccepted: false }), ["data:read"], { kind: "environment-refused", key }],
  [
    "an expired key of another environment without the scope",
    known({ state: "expired", isAccepted: false }),
    ["secret:read"],
    { kind: "key-expired", key },
  ],
  [
    "a key of another environment without the scope",
    known({ isAccepted: false }),
    ["secret:read"],
    { kind: "environment-refused", key },
  ],
];

describe("authorization", () => {
  it.each(OUTCOMES)("of %s", (_case, identity, scopes, outcome) => {
    expect(authorize(identity, scopes)).toEqual(outcome);
  });

  it("admits only an active, accepted key with every scope that is needed", () => {
    const scopes = fc.subarray(SCOPES);
    fc.assert(
      fc.property(
        fc.constantFrom("active", "expired", "revoked"),
        fc.boolean(),
        scopes,
        scopes,
        (state, isAccepted, held, needed) => {
          const identity = known({ key: aKey({ scopes: held }), state, isAccepted });
          const mayEnter = state === "active" && isAccepted && needed.every((scope) => held.includes(scope));
          expect(authorize(identity, needed).kind === "admitted").toBe(mayEnter);
        },
      ),
    );
  });
});

describe("the table of refusals", () => {
  const { document } = loadDocument(BUILT_IN_CONTRACT);
  const enumOf = (schema: string, property: string) =>
    findAt(document, ["components", "schemas", schema, "properties", property, "enum"]);

  it("names problems of the catalogue", () => {
    expect(Object.keys(PROBLEMS)).toEqual(expect.arrayContaining(Object.keys(REFUSALS)));
  });

  it("has the codes that the contract declares for the verdict on one key", () => {
    const others = ["key-missing", "key-ambiguous", "key-in-query", "unavailable"];
    const codes = Object.keys(REFUSALS).filter((code) => !others.includes(code));
    expect([enumOf("Verdict", "code")].flat().toSorted()).toEqual(["valid", ...codes].toSorted());
  });

  it("names checks that the contract declares", () => {
    expect(enumOf("Decision", "check")).toEqual([...CHECKS]);
  });
});
