import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { spanOf } from "../../src/limits/period.ts";

const at = (text: string) => Date.parse(text);

describe("a calendar span", () => {
  it.each([
    ["month", "2026-01-31T23:59:59.999Z", "2026-01", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"],
    ["month", "2026-02-01T00:00:00.000Z", "2026-02", "2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"],
    ["month", "2028-02-29T12:00:00Z", "2028-02", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
    ["month", "2026-12-31T23:59:59.999Z", "2026-12", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["day", "2026-12-31T23:59:59.999Z", "2026-12-31", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"],
    ["day", "2026-03-29T00:00:00Z", "2026-03-29", "2026-03-29T00:00:00Z", "2026-03-30T00:00:00Z"],
  ] as const)("%s of %s is %s", (period, now, name, startsAt, endsAt) => {
    expect(spanOf(period, at(now))).toEqual({ name, startsAt: at(startsAt), endsAt: at(endsAt) });
  });

  it("contains its own instants, and the next one begins where it ends", () => {
    const instants = fc.integer({ min: at("2000-01-01T00:00:00Z"), max: at("2100-01-01T00:00:00Z") });
    fc.assert(
      fc.property(fc.constantFrom("day" as const, "month" as const), instants, (period, now) => {
        const { name, startsAt, endsAt } = spanOf(period, now);
        expect(startsAt <= now && now < endsAt).toBe(true);
        expect(spanOf(period, endsAt - 1).name).toBe(name);
        expect(spanOf(period, endsAt)).toMatchObject({ startsAt: endsAt });
        expect(spanOf(period, endsAt).name > name).toBe(true);
      }),
    );
  });
});
