import { describe, expect, it } from "@jest/globals";
import { UsageError } from "../../src/cli/failure.ts";
import {
  gather,
  parseDuration,
  parseEnd,
  parseLast,
  parseStart,
  requireUnambiguous,
} from "../../src/cli/option-values.ts";
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
    ["30min", 30 * 60 * SECOND_MS],
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
    "1000000d",
    "tomorrow",
    "2027-1-31",
    "2027-01-31T12:00",
    "2027-02-30",
    "2027-02-30T12:00:00Z",
  ])("of %p is refused with an example", (text) => {
    expect(() => parseEnd(text, NOON)).toThrow(UsageError);
    expect(() => parseEnd(text, NOON)).toThrow(/90d, 12h or 6mo, a date such as .+ or a time such as/);
  });

  it.each([
    ["2027-01-31T10:00:00Z", "1mo", "2027-02-28T10:00:00.000Z"],
    ["2027-01-31T10:00:00Z", "13mo", "2028-02-29T10:00:00.000Z"],
    ["2028-02-29T10:00:00Z", "1y", "2029-02-28T10:00:00.000Z"],
    ["2026-11-26T10:00:00Z", "2mo", "2027-01-26T10:00:00.000Z"],
  ])("seen from %s, of %s is %s", (now, text, end) => {
    expect(new Date(parseEnd(text, Date.parse(now))).toISOString()).toBe(end);
  });

  it("that is a date is the end of that day in UTC", () => {
    expect(parseEnd("2027-01-31", NOON)).toBe(Date.parse("2027-02-01T00:00:00Z"));
  });

  it("beyond the year 9999 is refused", () => {
    expect(() => parseEnd("8000y", NOON)).toThrow("it leads out of the years 1970 to 9999");
  });
});

describe("a start", () => {
  it("may be a duration before now, a time, or a date, which is the start of that day in UTC", () => {
    expect(parseStart("2d", NOON)).toBe(NOON - 2 * DAY_MS);
    expect(new Date(parseStart("1mo", Date.parse("2027-03-31T10:00:00Z"))).toISOString()).toBe(
      "2027-02-28T10:00:00.000Z",
    );
    expect(parseStart("2027-01-31", NOON)).toBe(Date.parse("2027-01-31T00:00:00Z"));
    expect(() => parseStart("yesterday", NOON)).toThrow("Invalid start yesterday: use ");
  });
});

describe("the end of a report", () => {
  it("that is a date includes that day", () => {
    expect(parseLast("2027-01-31", NOON)).toBe(Date.parse("2027-02-01T00:00:00Z"));
    expect(parseLast("2d", NOON)).toBe(NOON - 2 * DAY_MS);
  });
});

describe("a duration", () => {
  it.each([
    ["30min", 1800],
    ["30m", 1800],
    ["1w", 604_800],
  ])("of %s has %d seconds", (text, seconds) => {
    expect(parseDuration(text)).toBe(seconds);
  });

  it("cannot be in months, which differ in length", () => {
    expect(() => parseDuration("1mo")).toThrow("months and years differ in length, use for example 30d");
  });

  it("of 1m is refused where it deletes", () => {
    expect(() => requireUnambiguous("--before", "1m")).toThrow(
      "--before 1m could mean minutes or months: use 1min or 1mo.",
    );
    for (const text of ["1min", "1mo", "30d", "2027-01-31"]) requireUnambiguous("--before", text);
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
