import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import {
  optionalTimestamp,
  parseTimestamp,
  systemClock,
  toHttpDate,
  toTimestamp,
} from "../../../src/lib/time/clock.ts";
import { NOON } from "../../support/builders.ts";

const YEAR_0000 = Date.parse("0000-01-01T00:00:00Z");
const END_OF_9999 = Date.parse("9999-12-31T23:59:59.999Z");

describe("a timestamp", () => {
  it("is RFC 3339 in UTC, with milliseconds", () => {
    expect(toTimestamp(NOON)).toBe("2026-11-24T12:00:00.000Z");
  });

  it("parses to the same instant, in all years of RFC 3339", () => {
    fc.assert(
      fc.property(fc.integer({ min: YEAR_0000, max: END_OF_9999 }), (instant) => {
        expect(parseTimestamp(toTimestamp(instant))).toBe(instant);
      }),
    );
  });

  it("is the same instant with any offset", () => {
    const offset = fc.tuple(fc.constantFrom(1, -1), fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4e12 }), offset, (instant, [sign, hours, minutes]) => {
        const local = toTimestamp(instant + sign * (hours * 60 + minutes) * 60_000).slice(0, -1);
        const zone = [hours, minutes].map((part) => String(part).padStart(2, "0")).join(":");
        expect(parseTimestamp(`${local}${sign < 0 ? "-" : "+"}${zone}`)).toBe(instant);
      }),
    );
  });

  it.each([
    ["2026-11-24T12:00:00Z", "without a fraction"],
    ["2026-11-24t12:00:00z", "in lower case"],
    ["2026-11-24T12:00:00.000000000Z", "to the nanosecond"],
    ["2026-11-24T14:00:00+02:00", "east of Greenwich"],
    ["2026-11-24T06:30:00-05:30", "west of Greenwich"],
    ["2026-11-24T12:00:00-00:00", "with an unknown offset"],
  ])("%s is valid: %s", (text) => {
    expect(parseTimestamp(text)).toBe(NOON);
  });

  it("is truncated to milliseconds, never rounded up to the next second", () => {
    expect(parseTimestamp("2026-11-24T12:00:00.999999999Z")).toBe(NOON + 999);
  });

  it("may name 29 February in a leap year", () => {
    expect(parseTimestamp("2028-02-29T00:00:00Z")).toBe(Date.UTC(2028, 1, 29));
  });

  it.each([
    ["2026-02-30T00:00:00Z", "30 February"],
    ["2026-02-30t00:00:00z", "30 February in lower case"],
    ["2026-02-29T00:00:00Z", "29 February in another year"],
    ["2100-02-29T00:00:00Z", "29 February in a year that is not a leap year"],
    ["2026-04-31T00:00:00+02:00", "31 April"],
    ["2026-13-01T00:00:00Z", "month 13"],
    ["2026-00-01T00:00:00Z", "month 0"],
    ["2026-01-00T00:00:00Z", "day 0"],
    ["2026-11-24T24:00:00Z", "hour 24"],
    ["2026-11-24T25:00:00Z", "hour 25"],
    ["2026-11-24T12:60:00Z", "minute 60"],
    ["2016-12-31T23:59:60Z", "a leap second, which instants here do not have"],
    ["2026-11-24T12:00:00+24:00", "an offset of a day"],
    ["2026-11-24T12:00:00+02:60", "an offset with minute 60"],
    ["2026-11-24T12:00:00", "no offset"],
    ["2026-11-24T12:00:00+0200", "an offset without its colon"],
    ["2026-11-24 12:00:00Z", "a space for the T"],
    ["2026-11-24T12:00Z", "no seconds"],
    ["2026-11-24T12:00:00.Z", "a fraction without digits"],
    ["2026-11-24", "a date alone"],
    ["+002026-11-24T12:00:00Z", "a year of six digits"],
    [" 2026-11-24T12:00:00Z", "a space before it"],
    ["2026-11-24T12:00:00Z\n", "a line end behind it"],
    ["0000-01-01T00:00:00+01:00", "an offset that leads before the year 0000"],
    ["9999-12-31T23:59:59-01:00", "an offset that leads behind the year 9999"],
    ["tomorrow", "words"],
    ["", "nothing"],
  ])("%s is not valid: %s", (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });

  it("is parsed or refused, whatever the text, and never throws", () => {
    const digits = fc.stringMatching(/^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:[Zz]|[+-]\d{2}:\d{2})$/);
    fc.assert(
      fc.property(fc.oneof(digits, fc.string()), (text) => {
        const instant = parseTimestamp(text);
        if (instant !== undefined) expect(parseTimestamp(toTimestamp(instant))).toBe(instant);
      }),
    );
  });

  it("is null without an instant", () => {
    expect(optionalTimestamp(null)).toBeNull();
    expect(optionalTimestamp(0)).toBe("1970-01-01T00:00:00.000Z");
  });
});

describe("a date in an HTTP header", () => {
  it("has the format of RFC 9110 §5.6.7", () => {
    expect(toHttpDate(784_111_777_000)).toBe("Sun, 06 Nov 1994 08:49:37 GMT");
  });
});

describe("the system's clock", () => {
  it("returns whole milliseconds since 1970, not seconds", () => {
    const now = systemClock.now();
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeGreaterThan(Date.UTC(2025, 0));
  });
});
