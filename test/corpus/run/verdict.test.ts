import { describe, expect, it } from "@jest/globals";
import { departureOf } from "./verdict.ts";

const KEY = "lk_live_key";
const request = {
  method: "POST",
  target: `/a?b=c%2Bd&key=${KEY}`,
  headers: [
    ["content-type", "text/plain"],
    ["x-key", KEY],
  ] as const,
  body: Buffer.from("text"),
};
const arrived = {
  method: "POST",
  target: "/a?b=c%2Bd",
  rawHeaders: ["Content-Type", "text/plain"],
  body: Buffer.from("text"),
};
const passed = { status: 200, isFromUpstream: true, problem: {} };
const refused = {
  status: 400,
  isFromUpstream: false,
  problem: { errors: [{ pointer: "#/query/b", detail: "wrong" }] },
};

describe("the verdict on a valid request", () => {
  const one = { kind: "all", request };

  it("is good when it arrived without its key, and otherwise unchanged", () => {
    expect(departureOf(one, passed, arrived, KEY)).toBeUndefined();
  });

  it.each([
    ["the method", { method: "PUT" }],
    ["the target", { target: "/a?b=c+d" }],
    ["the target", { target: request.target }],
    ["the body", { body: Buffer.from("TEXT") }],
    ["the header", { rawHeaders: ["x", "content-type", "Content-Type", "text/html"] }],
  ])("names %s that has changed", (part, change) => {
    expect(departureOf(one, passed, { ...arrived, ...change }, KEY)).toContain(`changed: ${part}`);
  });

  it("names a refusal", () => {
    expect(departureOf(one, refused, undefined, KEY)).toBe("refused: 400  #/query/b wrong");
  });
});

describe("the verdict on a near-miss", () => {
  it("is good when the refusal names the place", () => {
    expect(departureOf({ kind: "x", request, refusedAt: ["#/query/B"] }, refused, undefined, KEY)).toBeUndefined();
  });

  it.each([
    ["it was admitted", passed, arrived, "admitted"],
    ["the refusal names another place", refused, undefined, "refused at #/query/b, not at #/query/c"],
    ["it was refused for another reason", { ...refused, status: 415 }, undefined, "not refused with 400"],
    ["the upstream got it all the same", refused, arrived, "admitted"],
  ])("tells that %s", (_, received, sent, expected) => {
    expect(departureOf({ kind: "x", request, refusedAt: ["#/query/c"] }, received, sent, KEY)).toContain(expected);
  });
});
