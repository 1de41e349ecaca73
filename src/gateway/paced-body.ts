import { Readable } from "node:stream";
import type { TickSource } from "../lib/clock.ts";
import { createPace, type LeastPace, type Pace } from "./pace.ts";

/** The client sends its body more slowly than is put up with. */
export class TooSlow extends Error {
  constructor() {
    super("The body came too slowly.");
  }
}

/** `source` as it comes, as long as it keeps up; else it fails with `TooSlow`. `source` itself is left to its owner. */
export function pacedBody(source: Readable, least: LeastPace, ticks: TickSource): Readable {
  return Readable.from(piecesOf(source, createPace(least), ticks), { objectMode: false });
}

async function* piecesOf(source: Readable, pace: Pace, ticks: TickSource): AsyncGenerator<Buffer> {
  const pieces = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  for (;;) {
    const askedAt = ticks.now();
    const { done, value } = await orTooSlow(pieces.next(), pace.leftMs());
    if (done) return;
    pace.received((value as Buffer).length, ticks.now() - askedAt);
    yield value as Buffer;
  }
}

function orTooSlow<T>(piece: Promise<T>, waitMs: number): Promise<T> {
  return new Promise((resolve, reject) => {
    // After a pause of the whole process what has come is to be seen first.
    const timer = setTimeout(() => setImmediate(() => reject(new TooSlow())), waitMs).unref();
    piece.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
