import type { Ticks } from "../lib/time/clock.ts";
import { type Buckets, createBuckets } from "./buckets.ts";
import type { Limit } from "./limit.ts";

/** The buckets of all limits in use. A limit whose terms change starts with empty buckets. */
export type BucketStore = {
  readonly bucketsOf: (limit: Limit) => Buckets;
  /** How many buckets there are. */
  readonly size: () => number;
  /** Examines the next `count` buckets, in rounds through all limits, and removes the empty ones. */
  readonly sweep: (count: number, now: Ticks) => void;
};

export function createBucketStore(): BucketStore {
  const byTerms = new Map<string, Buckets>();
  const byLimit = new WeakMap<Limit, Buckets>();
  const next = createRounds(byTerms);

  return {
    bucketsOf: (limit) => {
      const known = byLimit.get(limit);
      if (known !== undefined) return known;
      const terms = `${limit.name} ${limit.requests}/${limit.windowSeconds}/${limit.burst}`;
      const buckets = byTerms.get(terms) ?? createBuckets(limit);
      byTerms.set(terms, buckets);
      byLimit.set(limit, buckets);
      return buckets;
    },
    size: () => [...byTerms.values()].reduce((sum, buckets) => sum + buckets.size(), 0),
    sweep: (count, now) => {
      for (let examined = 0; examined < count; examined++) {
        const [buckets, id] = next();
        buckets.forgetIfEmpty(id, now);
      }
    },
  };
}

/** @returns a function that steps through every bucket again and again. There must be a bucket when it is called. */
function createRounds(byTerms: ReadonlyMap<string, Buckets>): () => readonly [Buckets, string] {
  function* rounds(): Generator<readonly [Buckets, string], never> {
    // Without any bucket this loop would not end. Each round includes the buckets that were added since the last one.
    for (;;) for (const buckets of byTerms.values()) for (const id of buckets.ids()) yield [buckets, id];
  }
  const steps = rounds();
  return () => steps.next().value;
}
