import { describe, expect, it } from "@jest/globals";
import { createRateLimitedLog } from "../../../src/lib/log/rate-limited-log.ts";
import { aHeldClock, NOON } from "../../support/builders.ts";

function aRateLimitedLog(maxLines: number) {
  const clock = aHeldClock();
  const lines: (readonly [string, object, string])[] = [];
  const note = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
  const log = createRateLimitedLog({ info: note("info"), warn: note("warn") } as never, clock, maxLines);
  return { log, clock, lines };
}

describe("a rate-limited log", () => {
  it("writes the first lines of a second, then how many were suppressed", () => {
    const { log, clock, lines } = aRateLimitedLog(2);
    for (let number = 1; number <= 10; number++) log.info({ number }, "key-invalid");
    expect(lines).toEqual([
      ["info", { number: 1 }, "key-invalid"],
      ["info", { number: 2 }, "key-invalid"],
    ]);
    clock.moveTo(NOON + 1_000);
    log.info({ number: 11 }, "key-invalid");
    expect(lines.slice(2)).toEqual([
      ["info", { suppressed: 8 }, "more like this were not logged: key-invalid"],
      ["info", { number: 11 }, "key-invalid"],
    ]);
  });

  it("counts messages separately, and reports only those with suppressed lines", () => {
    const { log, clock, lines } = aRateLimitedLog(2);
    for (let number = 1; number <= 3; number++) log.info({ number }, "key-invalid");
    for (let number = 1; number <= 2; number++) log.warn({ number }, "too many connections");
    clock.moveTo(NOON - 5_000);
    log.warn({ number: 3 }, "too many connections");
    expect(lines.slice(2)).toEqual([
      ["warn", { number: 1 }, "too many connections"],
      ["warn", { number: 2 }, "too many connections"],
      ["info", { suppressed: 1 }, "more like this were not logged: key-invalid"],
      ["warn", { number: 3 }, "too many connections"],
    ]);
  });

  it("reports suppressed lines even if no further line follows", async () => {
    const { log, lines } = aRateLimitedLog(1);
    for (let number = 1; number <= 3; number++) log.info({ number }, "key-invalid");
    while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lines[1]).toEqual(["info", { suppressed: 2 }, "more like this were not logged: key-invalid"]);
  });
});
