import fc from "fast-check";

export type Rate = { readonly requests: number; readonly windowSeconds: number; readonly burst: number };
export type Schedule = readonly (readonly [atMs: number, cost: number])[];

/**
 * A rate by its definition, without the algorithm: a request is admitted if in every span that ends with it no more
 * would be admitted than the burst and the rate allow. Exact, in whole numbers, and slow.
 */
export function admitted({ requests, windowSeconds, burst }: Rate, schedule: Schedule): readonly boolean[] {
  const windowMs = BigInt(windowSeconds) * 1000n;
  const taken: (readonly [at: bigint, cost: bigint])[] = [];
  return schedule.map(([at, cost]) => {
    const [now, units] = [BigInt(at), BigInt(cost)];
    let sum = units;
    let isAdmitted = sum <= BigInt(burst);
    for (const [then, before] of taken.toReversed()) {
      sum += before;
      if (sum * windowMs > BigInt(burst) * windowMs + BigInt(requests) * (now - then)) isAdmitted = false;
    }
    if (isAdmitted) taken.push([now, units]);
    return isAdmitted;
  });
}

/** A rate, and requests in order, often close to the limit; none costs more than the burst. */
export function anySchedule() {
  return fc
    .record({
      requests: fc.integer({ min: 1, max: 1_000 }),
      windowSeconds: fc.integer({ min: 1, max: 120 }),
      burst: fc.integer({ min: 1, max: 50 }),
    })
    .chain((rate) => {
      const pauseMs = Math.ceil((rate.windowSeconds * 1000) / rate.requests);
      const step = fc.record({
        pause: fc.oneof(
          fc.constant(0),
          fc.integer({ min: 0, max: 3 * pauseMs }),
          fc.constantFrom(Math.max(0, pauseMs - 1), pauseMs, pauseMs + 1),
        ),
        cost: fc.integer({ min: 1, max: rate.burst }),
      });
      return fc.array(step, { minLength: 1, maxLength: 60 }).map((steps) => {
        let at = 0;
        const schedule: Schedule = steps.map(({ pause, cost }) => {
          at += pause;
          return [at, cost] as const;
        });
        return { rate, schedule };
      });
    });
}
