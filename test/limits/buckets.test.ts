import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { createBuckets } from "../../src/limits/buckets.ts";
import { levelAt } from "../../src/limits/gcra.ts";
import type { Limit } from "../../src/limits/limit.ts";

const LIMIT: Limit = { name: "perKey", per: "key", requests: 10, windowSeconds: 1, burst: 5 };

describe("buckets", () => {
  it("keep each level under its own id, through any sequence of filling, emptying and forgetting", () => {
    const anId = fc.integer({ min: 0, max: 60 }).map(String);
    const step = fc.record({
      id: anId,
      level: fc.integer({ min: 1, max: 5_000 }),
      pause: fc.integer({ min: 0, max: 200 }),
      forget: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const buckets = createBuckets(LIMIT);
        const model = new Map<string, { level: number; at: number }>();
        let now = 0;
        for (const { id, level, pause, forget } of steps) {
          now += pause;
          const state = model.get(id);
          expect(buckets.levelOf(id, now)).toBe(state === undefined ? 0 : levelAt(LIMIT, state, now));
          if (forget) {
            buckets.forgetIfEmpty(id, now);
            if (state !== undefined && levelAt(LIMIT, state, now) === 0) model.delete(id);
          } else {
            expect(buckets.fill(id, level, now)).toBe(state === undefined);
            model.set(id, { level, at: now });
          }
          expect([...buckets.ids()].toSorted()).toEqual([...model.keys()].toSorted());
          expect(buckets.size()).toBe(model.size);
        }
      }),
    );
  });

  it("are not forgotten before they are empty", () => {
    const buckets = createBuckets(LIMIT);
    buckets.fill("a", 1_000, 0);
    buckets.forgetIfEmpty("a", 99);
    expect(buckets.levelOf("a", 99)).toBe(10);
    buckets.forgetIfEmpty("a", 100);
    buckets.forgetIfEmpty("b", 100);
    expect(buckets.size()).toBe(0);
  });
});
