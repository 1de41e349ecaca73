import { describe, expect, it } from "@jest/globals";
import {
  headerLinesOf,
  headerOf,
  headersOf,
  rawHeadersOf,
  toMessage,
  withoutParts,
} from "../../../src/http/message/message.ts";
import { aRequest } from "../../support/exchange.ts";

const whole = toMessage(aRequest({ headers: { "X-Api-Key": "k", Accept: "*/*" } }), "HEAD", "/a?b=1");
const without = withoutParts(whole, { headers: new Set(["x-api-key"]), cookies: [] }, "/a");

describe("a message", () => {
  it("reads HEAD as GET, and splits its target", () => {
    expect(whole).toMatchObject({ method: "GET", path: "/a", query: "b=1" });
  });

  it("has the headers of its request", () => {
    expect(headersOf(whole)).toEqual({ "x-api-key": "k", accept: "*/*" });
    expect(headerOf(whole, "accept")).toBe("*/*");
    expect(headerLinesOf(whole, "accept")).toEqual(["*/*"]);
    expect(headerLinesOf(whole, "x-other")).toEqual([]);
    expect(rawHeadersOf(whole)).toEqual(["X-Api-Key", "k", "Accept", "*/*"]);
  });

  it("has no header and no parameter that was removed", () => {
    expect(without).toMatchObject({ target: "/a", path: "/a", query: "" });
    expect(headersOf(without)).toEqual({ accept: "*/*" });
    expect(headerOf(without, "x-api-key")).toBeUndefined();
    expect(headerLinesOf(without, "x-api-key")).toEqual([]);
    expect(rawHeadersOf(without)).toEqual(["Accept", "*/*"]);
  });

  it("has no cookie that was removed, and the others as they were sent", () => {
    const sent = toMessage(aRequest({ headers: { Cookie: "a=1; key=k;b=2", Accept: "*/*" } }), "GET", "/a");
    const left = withoutParts(sent, { headers: new Set(), cookies: ["key"] }, "/a");
    expect(headersOf(left)).toEqual({ cookie: "a=1;b=2", accept: "*/*" });
    expect(headerOf(left, "cookie")).toBe("a=1;b=2");
    expect(headerOf(left, "accept")).toBe("*/*");
    expect(headerLinesOf(left, "cookie")).toEqual(["a=1;b=2"]);
    expect(rawHeadersOf(left)).toEqual(["Cookie", "a=1;b=2", "Accept", "*/*"]);
  });

  it("has no Cookie header at all if nothing is left of it", () => {
    const sent = toMessage(aRequest({ headers: { Cookie: "key=k" } }), "GET", "/a");
    const left = withoutParts(sent, { headers: new Set(), cookies: ["key"] }, "/a");
    expect(headersOf(left)).toEqual({});
    expect(headerOf(left, "cookie")).toBeUndefined();
    expect(headerLinesOf(left, "cookie")).toEqual([]);
    expect(rawHeadersOf(left)).toEqual([]);
  });

  it("needs no Cookie header for that", () => {
    const left = withoutParts(whole, { headers: new Set(), cookies: ["key"] }, "/a?b=1");
    expect(headersOf(left)).toEqual({ "x-api-key": "k", accept: "*/*" });
    expect(left.query).toBe("b=1");
  });
});
