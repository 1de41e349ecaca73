import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import type { Batch } from "../../src/usage/batch.ts";
import { createMeter } from "../../src/usage/meter.ts";
import { aUsageEvent as event, NOON } from "../support/builders.ts";
import { runs } from "../support/runs.ts";

describe("a meter", () => {
  it("adds up events of the same minute and dimensions, and no others", () => {
    const meter = createMeter();
    meter.record(event());
    meter.record(event({ at: NOON + 59_999, cost: 4, bytesOut: 50 }));
    meter.record(event({ at: NOON + 60_000 }));
    meter.record(event({ statusClass: 4, code: "scope-missing" }));
    meter.record(event({ keyId: "", clientId: "", code: "key-missing", statusClass: 4 }));
    const { rows } = meter.take();
    expect(rows).toHaveLength(4);
    expect(rows[0]).toMatchObject({ minute: NOON, requests: 2, cost: 5, bytesIn: 200, bytesOut: 250 });
    expect(meter.take()).toEqual({ rows: [], keyUses: [], latencies: [] });
  });

  it("remembers what each key was used for, from where, and when last", () => {
    const meter = createMeter();
    meter.record(event({ at: NOON + 5 }));
    meter.record(event());
    meter.record(event({ operation: "getInfo", network: "2001:db8::" }));
    meter.record(event({ keyId: "" }));
    expect(meter.take().keyUses).toEqual([
      { keyId: "key_a", operation: "getData", network: "192.0.2.1", at: NOON + 5, requests: 2 },
      { keyId: "key_a", operation: "getInfo", network: "2001:db8::", at: NOON, requests: 1 },
    ]);
  });

  it("counts durations by operation", () => {
    const meter = createMeter();
    for (const durationMs of [1, 1, 50]) meter.record(event({ durationMs }));
    meter.record(event({ operation: "" }));
    const [latency, ...others] = meter.take().latencies;
    expect(others).toEqual([]);
    expect(latency).toMatchObject({ operation: "getData", minute: NOON });
    expect(Object.values(latency?.histogram ?? {}).toSorted()).toEqual([1, 2]);
  });

  it("counts a restored batch again, together with what came after it", () => {
    const meter = createMeter();
    meter.record(event());
    const batch = meter.take();
    meter.record(event({ at: NOON + 1, operation: "getInfo" }));
    meter.record(event({ at: NOON + 2 }));
    meter.restore(batch);
    const { rows, keyUses, latencies } = meter.take();
    expect(rows.map(({ operation, requests }) => [operation, requests])).toEqual([
      ["getInfo", 1],
      ["getData", 2],
    ]);
    expect(keyUses.map(({ at, requests }) => [at - NOON, requests])).toEqual([
      [1, 1],
      [2, 2],
    ]);
    expect(latencies.flatMap(({ histogram }) => Object.values(histogram))).toEqual([1, 2]);
  });

  it("leaves out what was not counted since the last batch, in the same minute and in the next", () => {
    const meter = createMeter();
    const operationsOf = ({ rows, keyUses, latencies }: Batch) =>
      [rows, keyUses, latencies].map((all) => all.map(({ operation }) => operation));
    for (const operation of ["getData", "getInfo"]) meter.record(event({ operation }));
    meter.take();
    for (const at of [NOON, NOON + 1, NOON + 60_000, NOON]) {
      meter.record(event({ operation: "getData", at }));
      expect(operationsOf(meter.take())).toEqual([["getData"], ["getData"], ["getData"]]);
    }
    meter.record(event({ operation: "getInfo" }));
    expect(meter.take().rows).toMatchObject([{ operation: "getInfo", minute: NOON, requests: 1 }]);
  });

  it("counts the events that it has no room for", () => {
    const meter = createMeter(2);
    for (const operation of ["a", "b", "c", "c", "a"]) meter.record(event({ operation }));
    expect(meter.dropped()).toBe(2);
    expect(meter.take().rows.map(({ operation, requests }) => [operation, requests])).toEqual([
      ["a", 2],
      ["b", 1],
    ]);
    meter.record(event({ operation: "c" }));
    expect(meter.take().rows).toHaveLength(1);
  });
});

/** What batches add up to, by everything that is counted separately. */
function summed(batches: readonly Batch[]) {
  const sums: Record<string, readonly number[]> = {};
  const add = (name: readonly unknown[], counts: readonly number[]) => {
    const before = sums[name.join()] ?? counts.map(() => 0);
    sums[name.join()] = counts.map((count, index) => count + (before[index] ?? 0));
  };
  for (const { rows, keyUses, latencies } of batches) {
    for (const { minute, keyId, operation, code, requests, cost } of rows)
      add(["row", minute, keyId, operation, code], [requests, cost]);
    for (const { keyId, operation, network, requests } of keyUses) add(["use", keyId, operation, network], [requests]);
    for (const { minute, operation, histogram } of latencies)
      for (const [bucket, count] of Object.entries(histogram)) add(["latency", minute, operation, bucket], [count]);
  }
  return sums;
}

describe("events, takes and restores in any order", () => {
  it("count each event once", () => {
    const anEvent = fc.record({
      at: fc.constantFrom(NOON, NOON + 60_000),
      keyId: fc.constantFrom("", "key_a", "key_b"),
      operation: fc.constantFrom("", "getData", "getInfo"),
      code: fc.constantFrom("", "limit-reached"),
      network: fc.integer({ min: 1, max: 20 }).map((last) => `192.0.2.${last}`),
    });
    const steps = fc.array(fc.oneof({ weight: 8, arbitrary: anEvent }, fc.constantFrom("take", "restore")), {
      maxLength: 80,
    });
    fc.assert(
      fc.property(steps, (wanted) => {
        const meter = createMeter();
        const taken: Batch[] = [];
        const alone: Batch[] = [];
        for (const step of wanted) {
          if (step === "restore") meter.restore(meter.take());
          else if (step === "take") taken.push(meter.take());
          else {
            meter.record(event(step));
            const one = createMeter();
            one.record(event(step));
            alone.push(one.take());
          }
        }
        expect(summed([...taken, meter.take()])).toEqual(summed(alone));
      }),
      { numRuns: runs(200) },
    );
  });
});
