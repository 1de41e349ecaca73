import { describe, expect, it } from "@jest/globals";
import { isKeptFromSharedCaches, parseCacheControl } from "../../../src/gateway/headers/cache-control.ts";

describe("a Cache-Control", () => {
  it.each([
    "no-store",
    "private",
    "Private , max-age=60",
    "no-cache, no-store",
    'private, ext="a, public"',
    ",private,",
  ])("of %j keeps the response out of shared caches", (text) => expect(isKeptFromSharedCaches(text)).toBe(true));

  it.each([
    "",
    "max-age=60",
    "public",
    "no-cache",
    'private="set-cookie"',
    "private=set-cookie",
    'no-store="x"',
    'private, private="x"',
    "private, s-maxage=60",
    "private, public",
    "no-store, must-understand",
    "x-private",
    "not-no-store",
    'ext="a, private"',
    'ext="private',
    'private, ext="',
    "private max-age=60",
    "private; max-age=60",
    `private, ${"a=1, ".repeat(300)}b`,
  ])("of %j does not", (text) => expect(isKeptFromSharedCaches(text)).toBe(false));

  it("is parsed as a list of directives", () => {
    const directives = parseCacheControl('Max-Age=60, private, ext="a\\", b"');
    expect([...(directives ?? [])]).toEqual([
      ["max-age", "60"],
      ["private", undefined],
      ["ext", '"a\\", b"'],
    ]);
  });

  it("is parsed quickly, even with unbalanced quotation marks", () => {
    expect(parseCacheControl('"\\'.repeat(100_000))).toBeUndefined();
  });
});
