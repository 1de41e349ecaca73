import { describe, expect, it } from "@jest/globals";
import { UsageError } from "../../src/cli/failure.ts";
import { gather, parseEnd } from "../../src/cli/option-values.ts";
import { requireText } from "../../src/cli/require-text.ts";
import { toOpenApiDocument } from "../../src/contract/document/openapi-document.ts";
import { createCheckText } from "../../src/contract/model/check-text.ts";
import { DAY_MS, NOON, SECOND_MS } from "../support/builders.ts";
import { DOCUMENT } from "../support/model/declared.ts";

const checkText = createCheckText(toOpenApiDocument(DOCUMENT));

describe("an end", () => {
  it.each([
    ["90d", 90 * DAY_MS],
    ["4w", 28 * DAY_MS],
    ["12h", 12 * 3_600 * SECOND_MS],
    ["30m", 30 * 60 * SECOND_MS],
    ["0d", 0],
  ])("of %s lies that far ahead", (text, ahead) => {
    expect(parseEnd(text, NOON)).toBe(NOON + ahead);
  });

  it("may be a time, in any zone", () => {
    expect(parseEnd("2027-01-31T12:00:00Z", NOON)).toBe(Date.parse("2027-01-31T12:00:00Z"));
    expect(parseEnd("2027-01-31T13:00:00+01:00", NOON)).toBe(Date.parse("2027-01-31T12:00:00Z"));
  });

  it.each([
    "",
    "90",
    "d",
    "90 d",
    "-90d",
    "9.5d",
    "90D",
    "90y",
    "1000000d",
    "tomorrow",
    "2027-01-31",
    "2027-02-30T12:00:00Z",
  ])("of %p is refused with an example", (text) => {
    expect(() => parseEnd(text, NOON)).toThrow(UsageError);
    expect(() => parseEnd(text, NOON)).toThrow(/90d or 12h, or a time such as/);
  });
});

describe("an option that may be repeated", () => {
  it("gathers words, separated by commas or one at a time, without empty ones", () => {
    expect(gather("data:read", [])).toEqual(["data:read"]);
    expect(gather("info:read,,secret:read,", ["data:read"])).toEqual(["data:read", "info:read", "secret:read"]);
  });
});

describe("a text", () => {
  it.each([
    ["ClientName", "Ölfabrik No. 5"],
    ["KeyName", "team/nightly import"],
    ["RevocationReason", "x".repeat(200)],
  ] as const)("that the contract describes as %s is accepted", (schema, text) => {
    expect(() => requireText(checkText, schema, text, "The name")).not.toThrow();
  });

  it.each([
    ["KeyName", "", "must not be empty"],
    ["KeyName", "x".repeat(101), "must have at most 100 characters"],
    ["KeyName", "red\u001b[31m", "is not valid: .*control"],
    ["KeyName", "two\nlines", "is not valid: .*control"],
    ["KeyName", "hid\u202eden", "is not valid: .*invisible"],
    ["KeyName", " padded", "is not valid"],
    ["ClientName", "a/b", "is not valid: .*slashes"],
    ["RevocationReason", "\u0007", "is not valid: .*control"],
  ] as const)("that is not a %s, %p, is a usage error", (schema, text, words) => {
    const mistake = () => requireText(checkText, schema, text, "The name");
    expect(mistake).toThrow(UsageError);
    expect(mistake).toThrow(new RegExp(`^The name ${words}`, "i"));
  });
});
