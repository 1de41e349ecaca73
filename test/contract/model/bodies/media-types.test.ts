import { describe, expect, it } from "@jest/globals";
import { JSON_TYPE, parseMediaType, specificityOf } from "../../../../src/contract/model/bodies/media-types.ts";

describe("a media type", () => {
  it.each<[string, string, Record<string, string>]>([
    ["application/json", "application/json", {}],
    ["Application/JSON", "application/json", {}],
    ["application/json; charset=utf-8", "application/json", { charset: "utf-8" }],
    ["application/json ;Charset=UTF-8;", "application/json", { charset: "UTF-8" }],
    ['text/plain; title="a;b\\"c"', "text/plain", { title: 'a;b"c' }],
    ["multipart/form-data; boundary=----WebKit/x", "multipart/form-data", { boundary: "----WebKit/x" }],
    ["image/*", "image/*", {}],
    ["*/*", "*/*", {}],
    ["application/*+json", "application/*+json", {}],
    [
      'application/vnd.api+json; ext="https://example.com/a"',
      "application/vnd.api+json",
      { ext: "https://example.com/a" },
    ],
  ])("is read from %s", (text, essence, parameters) => {
    expect(parseMediaType(text)).toEqual({ essence, parameters: new Map(Object.entries(parameters)) });
  });

  it.each([
    "",
    "json",
    "application/",
    "/json",
    "*/json",
    "a/b/c",
    "a b/c",
    "a/b; charset",
    "a/b; c=d; C=e",
    'a/b; c="d',
  ])("is not read from %s", (text) => expect(parseMediaType(text)).toBeUndefined());

  it.each([
    ["application/json", true],
    ["text/json", true],
    ["application/merge-patch+json", true],
    ["model/gltf+json", true],
    ["application/json-seq", false],
    ["application/x-ndjson", false],
    ["application/*+json", false],
  ])("%s is JSON: %s", (essence, expected) => expect(JSON_TYPE.test(essence)).toBe(expected));
});

/** The first of `declared` that matches `sent` best. */
function best(sent: string, declared: readonly string[]): string | undefined {
  const type = parseMediaType(sent);
  const rated = declared.map((name) => {
    const one = parseMediaType(name);
    return [name, (one && type && specificityOf(one, type)) ?? 0] as const;
  });
  return rated.toSorted(([, one], [, other]) => other - one).find(([, rating]) => rating > 0)?.[0];
}

describe("the declared media type that a body has", () => {
  const ALL = ["*/*", "application/*", "application/*+json", "application/json", "application/json; v=2"];

  it.each([
    ["application/json", "application/json"],
    ["application/json; v=2", "application/json; v=2"],
    ["application/json; v=3", "application/json"],
    ["application/merge-patch+json", "application/*+json"],
    ["application/xml", "application/*"],
    ["text/plain", "*/*"],
  ])("of %s is %s", (sent, expected) => expect(best(sent, ALL)).toBe(expected));

  it.each([
    ["application/json", "application/json; charset=utf-8"],
    ["application/json; charset=UTF8", "application/json; charset=utf-8"],
    ["application/json; charset=utf-8", "application/json"],
    ["application/json; profile=x", "application/json"],
    ["multipart/form-data; boundary=x", "multipart/form-data; boundary=something"],
  ])("may differ in what UTF-8 and boundaries say: %s is %s", (sent, declared) => {
    expect(best(sent, [declared])).toBe(declared);
  });

  it.each([
    ["application/json; charset=latin1", "application/json; charset=utf-8"],
    ["application/json", "application/json; v=2"],
    ["text/json", "application/json"],
    ["application/json-seq", "application/json"],
    ["applications/json", "application/*"],
  ])("has to have its parameters: %s is not %s", (sent, declared) => expect(best(sent, [declared])).toBeUndefined());
});
