import { describe, expect, it } from "@jest/globals";
import { toOutline } from "../../../src/contract/model/outline.ts";

const withSchemes = (securitySchemes: object) => ({ components: { securitySchemes } });

describe("the key schemes of a contract", () => {
  it("are those that carry a key in a header or in the query, headers in lower case", () => {
    const document = withSchemes({
      A: { type: "apiKey", in: "header", name: "X-API-Key" },
      B: { type: "apiKey", in: "query", name: "Api_Key" },
    });
    expect({ ...toOutline(document).keySchemes }).toEqual({
      A: { in: "header", name: "x-api-key" },
      B: { in: "query", name: "Api_Key" },
    });
  });

  it("leave out what belongs to other schemes, where the whole of Authorization is the key", () => {
    const document = withSchemes({
      A: { type: "apiKey", in: "header", name: "Authorization" },
      B: { type: "http", scheme: "Token", "x-latchkey": { carrier: "key" } },
      C: { type: "http", scheme: "Basic" },
      D: { type: "apiKey", in: "header", name: "Authorization", "x-latchkey": { prefix: "Api-Key" } },
    });
    const { A, B } = toOutline(document).keySchemes;
    expect(A).toEqual({ in: "header", name: "authorization", foreignWords: ["bearer", "token", "api-key", "basic"] });
    expect(B).not.toHaveProperty("foreignWords");
  });

  it.each([
    { type: "http", scheme: "bearer" },
    { type: "apiKey", in: "header" },
    { type: "apiKey", in: "header", name: 7 },
    { in: "header", name: "k" },
    null,
    "apiKey",
  ])("do not include %j", (scheme) => {
    expect({ ...toOutline(withSchemes({ A: scheme })).keySchemes }).toEqual({});
  });

  it("may stand behind a reference", () => {
    const document = {
      ...withSchemes({ A: { $ref: "#/x-schemes/A" } }),
      "x-schemes": { A: { type: "apiKey", in: "query", name: "k" } },
    };
    expect(toOutline(document).keySchemes["A"]).toEqual({ in: "query", name: "k" });
  });

  it("include nothing that every object inherits", () => {
    for (const name of ["constructor", "toString", "__proto__"]) expect(toOutline({}).keySchemes[name]).toBeUndefined();
  });

  it("are none where there are no components", () => {
    expect({ ...toOutline({}).keySchemes }).toEqual({});
    expect({ ...toOutline({ components: [] }).keySchemes }).toEqual({});
  });
});

describe("the catalogue of scopes", () => {
  it("is gathered from every scheme", () => {
    const document = withSchemes({
      A: { "x-scopes": { "a:read": "Read a." } },
      B: { "x-scopes": { "b:read": "Read b." } },
      C: {},
    });
    expect(toOutline(document).scopes).toEqual({ "a:read": "Read a.", "b:read": "Read b." });
  });

  it("is empty where none is described", () => {
    expect(toOutline({}).scopes).toEqual({});
  });
});
