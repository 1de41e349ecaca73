import { describe, expect, it } from "@jest/globals";
import { retryAfterMs } from "../../packages/client/src/retry-after.ts";

const NOON = "Tue, 24 Nov 2026 12:00:00 GMT";

describe("Retry-After", () => {
  it.each([
    ["in seconds", { "Retry-After": "7" }, 7_000],
    ["at once", { "Retry-After": "0" }, 0],
    ["a date, by the clock of the server", { "Retry-After": "Tue, 24 Nov 2026 12:00:30 GMT", Date: NOON }, 30_000],
    ["a date that has passed", { "Retry-After": "Tue, 24 Nov 2026 11:00:00 GMT", Date: NOON }, 0],
    ["a date without a clock to hold it against", { "Retry-After": NOON }, undefined],
    ["words", { "Retry-After": "soon", Date: NOON }, undefined],
    ["a negative number", { "Retry-After": "-1", Date: "x" }, undefined],
    ["nothing", {}, undefined],
  ])("%s", (_, headers, ms) => expect(retryAfterMs(new Headers(headers))).toBe(ms));
});
