import { Readable } from "node:stream";
import type { TickSource } from "../lib/time/clock.ts";
import { createTimeBudget, type MinimumRate, type TimeBudget } from "./minimum-rate.ts";

/** The client sends its body below the minimum rate. */
export class UploadTooSlow extends Error {
  constructor() {
    super("The body came too slowly.");
  }
}

/** The key was revoked, or lost its rights, while the body was arriving. */
export class KeyNotAdmitted extends Error {
  constructor() {
    super("The key is not admitted any more.");
  }
}

type IsStillAdmitted = () => boolean | Promise<boolean>;

type StreamedBodyRules = {
  readonly minimumRate: MinimumRate;
  /** Asked before each chunk is passed on, and at the end. */
  readonly isStillAdmitted: IsStillAdmitted;
};

/**
 * Passes `source` on as it arrives. The returned stream fails with `UploadTooSlow` or with `KeyNotAdmitted` as soon as
 * a rule is broken; `source` itself stays open.
 */
export function streamedBody(
  source: Readable,
  { minimumRate, isStillAdmitted }: StreamedBodyRules,
  ticks: TickSource,
): Readable {
  const chunks = chunksOf(source, createTimeBudget(minimumRate), ticks);
  return Readable.from(whileAdmitted(chunks, isStillAdmitted), { objectMode: false });
}

async function* whileAdmitted(chunks: AsyncIterable<Buffer>, isStillAdmitted: IsStillAdmitted) {
  for await (const chunk of chunks) {
    if (!(await isStillAdmitted())) throw new KeyNotAdmitted();
    yield chunk;
  }
  // A body may end long after its last chunk, or have none.
  if (!(await isStillAdmitted())) throw new KeyNotAdmitted();
}

async function* chunksOf(source: Readable, budget: TimeBudget, ticks: TickSource): AsyncGenerator<Buffer> {
  const chunks: AsyncIterator<Buffer> = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  for (;;) {
    const askedAt = ticks.now();
    const { done, value } = await orTooSlow(chunks.next(), budget.remainingMs());
    if (done) return;
    budget.received(value.length, ticks.now() - askedAt);
    yield value;
  }
}

function orTooSlow<T>(chunk: Promise<T>, waitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    // If the whole process was suspended, a chunk that has arrived is seen before the time is up.
    const timer = setTimeout(() => setImmediate(() => reject(new UploadTooSlow())), waitMs).unref();
    chunk.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
