import { describe, expect, it } from "@jest/globals";
import { requestsOf, splitBatch } from "../../src/usage/batch.ts";
import { createMeter } from "../../src/usage/meter.ts";
import { aUsageEvent } from "../support/builders.ts";

describe("a batch", () => {
  it("is split into chunks that together hold each row once", () => {
    const meter = createMeter();
    for (let index = 0; index < 7; index++)
      meter.record(aUsageEvent({ keyId: `key_${index}`, operation: `op${index % 2}` }));
    const batch = meter.take();
    const chunks = splitBatch(batch, 3);
    expect(chunks.map(({ rows }) => rows.length)).toEqual([3, 3, 1]);
    expect(chunks.flatMap(({ rows }) => rows)).toEqual(batch.rows);
    expect(chunks.flatMap(({ keyUses }) => keyUses)).toEqual(batch.keyUses);
    expect(chunks.flatMap(({ latencies }) => latencies)).toEqual(batch.latencies);
    expect(requestsOf(batch.rows)).toBe(7);
  });

  it("that is empty has no chunks", () => {
    expect(splitBatch({ rows: [], keyUses: [], latencies: [] }, 3)).toEqual([]);
  });
});
