import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { KeySource } from "../../src/auth/carrier-values.ts";
import { type ExpectedKey, presentedKey } from "../../src/auth/presented-key.ts";
import type { Carrier } from "../../src/contract/model/schemes.ts";

const HEADER: Carrier = { in: "header", name: "x-api-key" };
const QUERY: Carrier = { in: "query", name: "api_key" };
const AUTHORIZATION = { in: "header", name: "authorization" } as const;
const KNOWN = [HEADER, QUERY];

/** They look like keys, at least at the beginning. */
const [K, L] = ["lk_live_k", "lk_test_l"];

type Sent = { readonly [Name in "x-api-key" | "authorization" | "api_key"]?: readonly string[] };

/** The key that this request presents to an operation with these carriers. */
function present(sent: Sent, accepted: readonly Carrier[] = [HEADER], more: Partial<ExpectedKey> = {}) {
  const lines = new Map<string, readonly string[]>(Object.entries(sent));
  const source: KeySource = {
    headerLines: (name) => (name === "api_key" ? [] : (lines.get(name) ?? [])),
    queryValues: (name) => (name === "api_key" ? (lines.get(name) ?? []) : []),
  };
  return presentedKey(source, {
    known: KNOWN,
    accepted,
    needsOtherCredential: false,
    sharedCarriers: [],
    otherAlternatives: [],
    ...more,
  });
}

describe("the key that a request presents", () => {
  it.each<[string, Sent]>([
    ["x-api-key", { "x-api-key": ["k"] }],
    ["Authorization: Bearer", { authorization: ["Bearer k"] }],
    ["Authorization: bearer, for schemes have no case", { authorization: ["bearer k"] }],
    ["Authorization: BEARER with several spaces", { authorization: ["BEARER   k "] }],
  ])("may come in %s", (_carrier, sent) => {
    expect(present(sent)).toEqual({ kind: "one", text: "k" });
  });

  it("may come in the query if the operation accepts it there", () => {
    expect(present({ api_key: ["k"] }, [QUERY])).toEqual({ kind: "one", text: "k" });
  });

  it("is one if x-api-key and Bearer carry the same text", () => {
    expect(present({ "x-api-key": ["k"], authorization: ["Bearer k"] })).toEqual({ kind: "one", text: "k" });
  });

  it("is one if another operation takes the whole of Authorization, unless that is a key too", () => {
    const basic: Carrier = { in: "header", name: "authorization", basic: "either" };
    const known = [...KNOWN, { ...AUTHORIZATION, foreignWords: ["bearer", "basic"] }, basic];
    expect(present({ authorization: ["Basic dTpw"] }, [basic], { known })).toEqual({ kind: "one", text: "u" });
    const other = { "x-api-key": [K], authorization: [L] };
    expect(present(other, [HEADER], { known })).toEqual({ kind: "ambiguous" });
  });

  it("is taken exactly as it was sent", () => {
    expect(present({ authorization: ["Bearer A b,C"] })).toEqual({ kind: "one", text: "A b,C" });
  });

  it.each<[string, Sent]>([
    ["nothing", {}],
    ["an empty x-api-key", { "x-api-key": [""] }],
    ["Bearer without a key", { authorization: ["Bearer"] }],
    ["Bearer and a space", { authorization: ["Bearer "] }],
    ["an empty Authorization", { authorization: [""] }],
    ["credentials of the scheme Basic", { authorization: ["Basic dTpw"] }],
    ["a scheme that only begins like Bearer", { authorization: ["BearerToken k"] }],
    ["a bare key as credentials", { authorization: ["k"] }],
  ])("is none if the request sends %s", (_case, sent) => {
    expect(present(sent)).toEqual({ kind: "none" });
  });

  it("is found beside credentials for another service", () => {
    expect(present({ "x-api-key": ["k"], authorization: ["Basic dTpw"] })).toEqual({ kind: "one", text: "k" });
  });

  it.each<[string, Sent, readonly Carrier[]]>([
    ["in the header", { "x-api-key": ["k"], authorization: ["Bearer eyJh.e30.x"] }, [HEADER]],
    ["in the query", { api_key: ["k"], authorization: ["Bearer eyJh.e30.x"] }, [QUERY]],
  ])("%s is found beside the token of another scheme", (_place, sent, accepted) => {
    expect(present(sent, accepted)).toEqual({ kind: "one", text: "k" });
  });

  it("is none if only the other credential of the operation is sent; without one, the token counts as a key", () => {
    const sent = { authorization: ["Bearer eyJh.e30.x"] };
    expect(present(sent, [HEADER], { needsOtherCredential: true })).toEqual({ kind: "none" });
    expect(present(sent)).toEqual({ kind: "one", text: "eyJh.e30.x" });
  });

  it("may be sent as Bearer if the operation requires another credential too, even if it is cut off", () => {
    expect(present({ authorization: ["Bearer lk_live_"] }, [HEADER], { needsOtherCredential: true })).toEqual({
      kind: "one",
      text: "lk_live_",
    });
  });

  it("is found beside a carrier that is empty", () => {
    expect(present({ "x-api-key": [""], authorization: ["Bearer k"] })).toEqual({ kind: "one", text: "k" });
    expect(present({ "x-api-key": ["k"], authorization: ["Bearer"] })).toEqual({ kind: "one", text: "k" });
  });

  it.each<[string, Sent, readonly Carrier[]]>([
    ["x-api-key and Bearer differ", { "x-api-key": [K], authorization: [`Bearer ${L}`] }, [HEADER]],
    ["x-api-key and Bearer differ in case alone", { "x-api-key": [K], authorization: [`Bearer ${K}K`] }, [HEADER]],
    ["x-api-key comes twice", { "x-api-key": ["k", "l"] }, [HEADER]],
    ["x-api-key comes twice with the same key", { "x-api-key": ["k", "k"] }, [HEADER]],
    ["x-api-key comes twice, once empty", { "x-api-key": ["k", ""] }, [HEADER]],
    ["Bearer comes twice", { authorization: ["Bearer k", "bearer k"] }, [HEADER]],
    ["Bearer comes beside credentials of another scheme", { authorization: ["Basic dTpw", "Bearer k"] }, [HEADER]],
    ["Authorization comes twice beside a key", { "x-api-key": ["k"], authorization: ["Basic a", "Basic b"] }, [HEADER]],
    ["the query parameter comes twice", { api_key: ["k", "k"] }, [QUERY]],
    ["another key comes where the operation does not look", { "x-api-key": ["l"], api_key: ["k"] }, [QUERY]],
    ["another key comes as Bearer beside the query", { authorization: [`Bearer ${L}`], api_key: [K] }, [QUERY]],
    ["header and query differ where both are taken", { "x-api-key": ["k"], api_key: ["l"] }, [HEADER, QUERY]],
  ])("is ambiguous if %s", (_case, sent, accepted) => {
    expect(present(sent, accepted)).toEqual({ kind: "ambiguous" });
  });

  it.each<[string, Sent, readonly Carrier[]]>([
    ["alone", { api_key: ["k"] }, [HEADER]],
    ["beside the same key in the header", { "x-api-key": ["k"], api_key: ["k"] }, [HEADER]],
    ["beside two header lines", { "x-api-key": ["k", "l"], api_key: ["k"] }, [HEADER]],
    ["empty", { api_key: [""] }, [HEADER]],
    ["of a public operation", { api_key: ["k"] }, []],
  ])("is misplaced in the URL of an operation that does not accept it there: %s", (_case, sent, accepted) => {
    expect(present(sent, accepted)).toEqual({ kind: "in-query", parameter: "api_key" });
  });

  it("is one if the query, which is accepted, and a header carry the same text", () => {
    expect(present({ "x-api-key": ["k"], api_key: ["k"] }, [QUERY])).toEqual({ kind: "one", text: "k" });
  });

  it("is not taken from headers if only the query is accepted", () => {
    expect(present({ "x-api-key": ["k"], authorization: ["Bearer k"] }, [QUERY])).toEqual({ kind: "none" });
  });

  it("is not looked for if the operation is public", () => {
    expect(present({ "x-api-key": ["k", "l"], authorization: ["Bearer m"] }, [])).toEqual({ kind: "none" });
  });

  it("is never chosen among several: one text, or no key at all", () => {
    const values = fc.array(fc.constantFrom("", K, L, `Bearer ${K}`, `Bearer ${L}`, `Basic ${K}`), { maxLength: 3 });
    fc.assert(
      fc.property(values, values, (xApiKey, authorization) => {
        const presented = present({ "x-api-key": xApiKey, authorization });
        const bearers = authorization.filter((line) => line.startsWith("Bearer ")).map((line) => line.slice(7));
        if (presented.kind !== "one") return;
        expect(new Set([...xApiKey, ...bearers].filter((text) => text !== ""))).toEqual(new Set([presented.text]));
        expect(Math.max(xApiKey.length, authorization.length)).toBe(1);
      }),
    );
  });
});
