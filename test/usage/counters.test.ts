import { describe, expect, it } from "@jest/globals";
import { createCounterCache } from "../../src/usage/counter-cache.ts";
import { createKeyUses } from "../../src/usage/counts/key-uses.ts";
import { createMinuteLatencies } from "../../src/usage/counts/minute-latencies.ts";
import { createUsageRows } from "../../src/usage/counts/usage-rows.ts";
import { createTotals } from "../../src/usage/totals.ts";
import { aUsageEvent, NOON } from "../support/builders.ts";

const NONE = { histogram: {}, sumMs: 0 };

describe("usage rows", () => {
  it("are found by minute and dimensions while there is room; without a row requests are dropped", () => {
    const rows = createUsageRows(1);
    const row = rows.rowOf(aUsageEvent(), NOON);
    expect(rows.rowOf(aUsageEvent({ cost: 9 }), NOON)).toBe(row);
    rows.add(row, 2, { cost: 3, bytesIn: 4, bytesOut: 5 });
    rows.add(rows.rowOf(aUsageEvent(), NOON + 60_000), 7, aUsageEvent());
    expect([rows.pending(), rows.dropped()]).toEqual([2, 7]);
    expect(rows.take()).toMatchObject([{ minute: NOON, requests: 2, cost: 3, bytesIn: 4, bytesOut: 5 }]);
    expect([rows.pending(), rows.take()]).toEqual([0, []]);
  });
});

describe("key uses", () => {
  it("keep the latest use, whatever the order", () => {
    const uses = createKeyUses(1);
    for (const at of [NOON + 5, NOON]) uses.add(uses.useOf(aUsageEvent()), 1, at);
    expect(uses.useOf(aUsageEvent({ network: "2001:db8::" }))).toBeUndefined();
    expect(uses.take()).toMatchObject([{ keyId: "key_a", at: NOON + 5, requests: 2 }]);
    expect(uses.take()).toEqual([]);
  });
});

describe("minute latencies", () => {
  it("have one histogram per minute and operation, and none beyond the room there is", () => {
    const latencies = createMinuteLatencies(1);
    const histogram = latencies.histogramOf("getData", NOON);
    expect(latencies.histogramOf("getData", NOON)).toBe(histogram);
    expect(latencies.histogramOf("getInfo", NOON)).not.toBe(histogram);
    expect(latencies.take()).toEqual([{ minute: NOON, operation: "getData", histogram: {} }]);
  });
});

describe("totals", () => {
  it("are kept per operation, status class and code; requests without an operation have no latency", () => {
    const totals = createTotals();
    totals.totalOf(aUsageEvent()).requests++;
    totals.totalOf(aUsageEvent({ keyId: "key_b" })).requests++;
    totals.totalOf(aUsageEvent({ statusClass: 4, code: "not-found" })).requests++;
    expect([...totals.totals()].map(({ requests }) => requests)).toEqual([2, 1]);
    totals.latencyOf("getData").sumMs += 3;
    totals.latencyOf("");
    expect([...totals.latencies()]).toEqual([{ operation: "getData", histogram: {}, sumMs: 3 }]);
  });
});

describe("a counter cache", () => {
  it("looks counters up once per minute and dimensions, until it is cleared", () => {
    const found: string[] = [];
    const cache = createCounterCache(10, (event, minute) => {
      found.push(`${event.operation} ${minute - NOON}`);
      return {
        row: undefined,
        use: undefined,
        histogram: {},
        total: { requests: 0 },
        totalLatency: NONE,
      };
    });
    for (const operation of ["a", "a", "b", "a"]) cache.countersOf(aUsageEvent({ operation }), NOON);
    cache.countersOf(aUsageEvent({ operation: "a" }), NOON + 60_000);
    cache.clear();
    cache.countersOf(aUsageEvent({ operation: "a" }), NOON + 60_000);
    expect(found).toEqual(["a 0", "b 0", "a 60000", "a 60000"]);
  });
});
