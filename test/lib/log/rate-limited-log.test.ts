import { describe, expect, it } from "@jest/globals";
import { createRateLimitedLog } from "../../../src/lib/log/rate-limited-log.ts";
import { aHeldClock, NOON } from "../../support/builders.ts";

function aSparingLog(mostLines: number) {
  const clock = aHeldClock();
  const lines: (readonly [string, object, string])[] = [];
  const note = (level: string) => (fields: object, message: string) => void lines.push([level, fields, message]);
  const log = createRateLimitedLog({ info: note("info"), warn: note("warn") } as never, clock, mostLines);
  return { log, clock, lines };
}

describe("a sparing log", () => {
  it("writes the first lines of a second, and then how many it has left out", () => {
    const { log, clock, lines } = aSparingLog(2);
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

  it("keeps messages apart, and says nothing of those that were all written", () => {
    const { log, clock, lines } = aSparingLog(2);
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

  it("says how many it has left out also where nothing more comes", async () => {
    const { log, lines } = aSparingLog(1);
    for (let number = 1; number <= 3; number++) log.info({ number }, "key-invalid");
    while (lines.length < 2) await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lines[1]).toEqual(["info", { suppressed: 2 }, "more like this were not logged: key-invalid"]);
  });
});
