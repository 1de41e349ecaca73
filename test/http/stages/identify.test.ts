import { describe, expect, it } from "@jest/globals";
import type { KeySchemes } from "../../../src/contract/model/schemes.ts";
import { headerLinesOf, headersOf, rawHeadersOf } from "../../../src/http/message/message.ts";
import { createIdentifyCaller, placesFor } from "../../../src/http/stages/identify.ts";
import { aHeldClock, aKey, UNKNOWN_SECRET } from "../../support/builders.ts";
import { anExchange } from "../../support/exchange.ts";

const SCHEMES: KeySchemes = { H: { in: "header", name: "x-api-key" }, Q: { in: "query", name: "api_key" } };
const PLACES = placesFor(Object.values(SCHEMES), {
  accepted: Object.values(SCHEMES),
  needsOtherCredential: false,
  sharedCarriers: [],
  credentialParameters: [],
  otherAlternatives: [],
});

const identifyCaller = createIdentifyCaller({
  keys: { findByDigest: async () => aKey() },
  clock: aHeldClock(),
  environments: ["live"],
});

describe("a message whose key was removed", () => {
  it.each([
    ["the header", "/a?b=1", { "X-API-Key": UNKNOWN_SECRET, ACCEPT: "*/*" }],
    ["a bearer token", "/a?b=1", { Authorization: `Bearer ${UNKNOWN_SECRET}`, ACCEPT: "*/*" }],
    ["the query", `/a?api_key=${UNKNOWN_SECRET}&b=1&api%5Fkey=${UNKNOWN_SECRET}`, { ACCEPT: "*/*" }],
  ])("holds it nowhere any more when it was in %s, and everything else still", async (_, target, headers) => {
    const exchange = anExchange({ target, headers });
    await identifyCaller(exchange, PLACES);
    const { source, ...message } = exchange.message;
    const lines = ["x-api-key", "authorization"].map((name) => headerLinesOf(exchange.message, name));
    const seen = [message, headersOf(exchange.message), rawHeadersOf(exchange.message), lines];
    expect(JSON.stringify(seen)).not.toContain(UNKNOWN_SECRET);
    expect(message).toMatchObject({ target: "/a?b=1", path: "/a", query: "b=1" });
    expect(headersOf(exchange.message)).toEqual({ accept: "*/*" });
    expect(rawHeadersOf(exchange.message)).toEqual(["ACCEPT", "*/*"]);
  });
});
