import { describe, expect, it } from "@jest/globals";
import type { Request } from "express";
import type { KeySchemes } from "../../../src/contract/model/schemes.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import { createIdentifyRequest } from "../../../src/http/stages/identify.ts";
import { aHeldClock, aKey, UNKNOWN_SECRET } from "../../support/builders.ts";

const SCHEMES: KeySchemes = { H: { in: "header", name: "x-api-key" }, Q: { in: "query", name: "api_key" } };
const BEGUN = {
  requestId: "req_1",
  peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
  isLast: false,
  mayLeaveUnreadBody: false,
};

function aRequest(target: string, headers: Readonly<Record<string, string>>): Request {
  const req = {
    url: target,
    originalUrl: target,
    headers: { ...headers },
    headersDistinct: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    rawHeaders: Object.entries(headers).flatMap(([name, value]) => [name.toUpperCase(), value]),
  } as unknown as Request;
  beginExchange(req, { ...BEGUN });
  return req;
}

const identifyRequest = createIdentifyRequest(SCHEMES, {
  keys: { findByDigest: async () => aKey() },
  clock: aHeldClock(),
  environments: ["live"],
});

describe("a request whose key was removed", () => {
  it.each([
    ["the header", aRequest("/a?b=1", { "x-api-key": UNKNOWN_SECRET, accept: "*/*" })],
    ["a bearer token", aRequest("/a?b=1", { authorization: `Bearer ${UNKNOWN_SECRET}`, accept: "*/*" })],
    ["the query", aRequest(`/a?api_key=${UNKNOWN_SECRET}&b=1&api%5Fkey=${UNKNOWN_SECRET}`, { accept: "*/*" })],
  ])("holds it nowhere any more when it was in %s, and everything else still", async (_, req) => {
    await identifyRequest(req, Object.values(SCHEMES));
    const { url, originalUrl, headers, headersDistinct, rawHeaders, query } = req;
    expect(JSON.stringify({ url, originalUrl, headers, headersDistinct, rawHeaders, query })).not.toContain(
      UNKNOWN_SECRET,
    );
    expect({ url, originalUrl, query: { ...query } }).toEqual({
      url: "/a?b=1",
      originalUrl: "/a?b=1",
      query: { b: "1" },
    });
    expect(headers.accept).toBe("*/*");
    expect(rawHeaders.slice(-2)).toEqual(["ACCEPT", "*/*"]);
  });
});
