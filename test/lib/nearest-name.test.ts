import { describe, expect, it } from "@jest/globals";
import { nearestName } from "../../src/lib/nearest-name.ts";

const NAMES = ["port", "host", "maxBodyBytes", "databaseUrl", "corsOrigins", "tlsCert", "tlsKey"];

describe("the nearest name", () => {
  it.each([
    ["prot", "port"],
    ["hots", "host"],
    ["Port", "port"],
    ["max_body_bytes", "maxBodyBytes"],
    ["DATABASE_URL", "databaseUrl"],
    ["corsOrigin", "corsOrigins"],
    ["tls-key", "tlsKey"],
  ])("of %s is %s", (name, nearest) => expect(nearestName(name, NAMES)).toBe(nearest));

  it.each(["", "x", "colour", "constructor", "a".repeat(100_000)])("of %p is none of them", (name) =>
    expect(nearestName(name, NAMES)).toBeUndefined(),
  );

  it("of no names is none", () => expect(nearestName("port", [])).toBeUndefined());
});
