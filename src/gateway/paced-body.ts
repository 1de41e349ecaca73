import { Readable } from "node:stream";
import type { TickSource } from "../lib/time/clock.ts";
import { createPace, type LeastPace, type Pace } from "./pace.ts";

/** The client sends its body more slowly than is put up with. */
export class TooSlow extends Error {
  constructor() {
    super("The body came too slowly.");
  }
}

/** The key was revoked, or lost its rights, while the body was on its way. */
export class NotAdmitted extends Error {
  constructor() {
    super("The key is not admitted any more.");
  }
}

/** Asked before each piece goes on. */
type IsStillAdmitted = () => Promise<boolean>;

/**
 * `source` as it comes, as long as it keeps up; else it fails with `TooSlow`, and with `NotAdmitted` as soon as its key is
 * not good any more. `source` itself is left to its owner.
 */
export function pacedBody(
  source: Readable,
  least: LeastPace,
  ticks: TickSource,
  isStillAdmitted: IsStillAdmitted,
): Readable {
  const pieces = piecesOf(source, createPace(least), ticks);
  return Readable.from(whileAdmitted(pieces, isStillAdmitted), { objectMode: false });
}

async function* whileAdmitted(pieces: AsyncIterable<Buffer>, isStillAdmitted: IsStillAdmitted) {
  for await (const piece of pieces) {
    if (!(await isStillAdmitted())) throw new NotAdmitted();
    yield piece;
  }
  // A body may end long after its last piece, or have none.
  if (!(await isStillAdmitted())) throw new NotAdmitted();
}

async function* piecesOf(source: Readable, pace: Pace, ticks: TickSource): AsyncGenerator<Buffer> {
  const pieces = source.iterator({ destroyOnReturn: false })[Symbol.asyncIterator]();
  for (;;) {
    const sourceLines = ticks.now();
    const { done, value } = await orTooSlow(pieces.next(), pace.leftMs());
    if (done) return;
    pace.received((value as Buffer).length, ticks.now() - sourceLines);
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
