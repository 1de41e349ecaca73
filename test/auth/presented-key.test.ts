import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { type KeySource, presentedKey } from "../../src/auth/presented-key.ts";
import type { Carrier } from "../../src/contract/model/schemes.ts";

const HEADER: Carrier = { in: "header", name: "x-api-key" };
const QUERY: Carrier = { in: "query", name: "api_key" };
const KNOWN = [HEADER, QUERY];

/** Shaped like keys, if only at their beginning. */
const [K, L] = ["lk_live_k", "lk_test_l"];

type Sent = { readonly [Name in "x-api-key" | "authorization" | "api_key"]?: readonly string[] };

/** What a request that sends exactly this says to an operation that takes its key there. */
function present(sent: Sent, forwardAuth: readonly Carrier[] = [HEADER], hasLogin = false) {
  const lines = new Map<string, readonly string[]>(Object.entries(sent));
  const source: KeySource = {
    headerLines: (name) => (name === "api_key" ? [] : (lines.get(name) ?? [])),
    queryValues: (name) => (name === "api_key" ? (lines.get(name) ?? []) : []),
  };
  return presentedKey(source, KNOWN, forwardAuth, hasLogin);
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

  it("may come in the query where the operation takes it there", () => {
    expect(present({ api_key: ["k"] }, [QUERY])).toEqual({ kind: "one", text: "k" });
  });

  it("is one when x-api-key and Bearer carry the same", () => {
    expect(present({ "x-api-key": ["k"], authorization: ["Bearer k"] })).toEqual({ kind: "one", text: "k" });
  });

  it("keeps its case and everything else as it was sent", () => {
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
  ])("is none when the request sends %s", (_case, sent) => {
    expect(present(sent)).toEqual({ kind: "none" });
  });

  it("is found beside credentials that are meant for somebody else", () => {
    expect(present({ "x-api-key": ["k"], authorization: ["Basic dTpw"] })).toEqual({ kind: "one", text: "k" });
  });

  it.each<[string, Sent, readonly Carrier[]]>([
    ["in the header", { "x-api-key": ["k"], authorization: ["Bearer eyJh.e30.x"] }, [HEADER]],
    ["in the query", { api_key: ["k"], authorization: ["Bearer eyJh.e30.x"] }, [QUERY]],
  ])("%s is found beside the token of a login", (_place, sent, forwardAuth) => {
    expect(present(sent, forwardAuth)).toEqual({ kind: "one", text: "k" });
  });

  it("is none where the operation has a login that is sent alone; elsewhere the token is taken for a key", () => {
    const sent = { authorization: ["Bearer eyJh.e30.x"] };
    expect(present(sent, [HEADER], true)).toEqual({ kind: "none" });
    expect(present(sent)).toEqual({ kind: "one", text: "eyJh.e30.x" });
  });

  it("may be sent as Bearer where the operation has a login, and is a key though it is cut off", () => {
    expect(present({ authorization: ["Bearer lk_live_"] }, [HEADER], true)).toEqual({ kind: "one", text: "lk_live_" });
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
  ])("is ambiguous when %s", (_case, sent, forwardAuth) => {
    expect(present(sent, forwardAuth)).toEqual({ kind: "ambiguous" });
  });

  it.each<[string, Sent, readonly Carrier[]]>([
    ["alone", { api_key: ["k"] }, [HEADER]],
    ["beside the same key in the header", { "x-api-key": ["k"], api_key: ["k"] }, [HEADER]],
    ["beside two header lines", { "x-api-key": ["k", "l"], api_key: ["k"] }, [HEADER]],
    ["empty", { api_key: [""] }, [HEADER]],
    ["of a public operation", { api_key: ["k"] }, []],
  ])("is misplaced in a URL that should carry none: %s", (_case, sent, forwardAuth) => {
    expect(present(sent, forwardAuth)).toEqual({ kind: "in-query", parameter: "api_key" });
  });

  it("is one when the query, which is asked, and a header carry the same", () => {
    expect(present({ "x-api-key": ["k"], api_key: ["k"] }, [QUERY])).toEqual({ kind: "one", text: "k" });
  });

  it("is not taken from headers where only the query is asked", () => {
    expect(present({ "x-api-key": ["k"], authorization: ["Bearer k"] }, [QUERY])).toEqual({ kind: "none" });
  });

  it("is not looked for where the operation is public", () => {
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
