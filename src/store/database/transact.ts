import { sql, type Transaction } from "kysely";
import { StoreFailure } from "./failure.ts";
import type { Database, Tables } from "./schema.ts";
import { waitForLock } from "./wait-for-lock.ts";

/**
 * Runs `work` in one transaction, or inside the one that `db` already is. While another process holds the
 * write lock it waits without blocking the event loop.
 *
 * `work` may await nothing but the transaction it is given: all requests share one connection.
 *
 * @throws StoreFailure when the lock is not to be had within five seconds.
 */
export function transact<T>(db: Database, work: Work<T>): Promise<T> {
  return onceUnlocked(db, work, (tracked) => db.transaction().execute(tracked));
}

/**
 * The same for what is merely counted, without waiting for the disk: a process that dies loses nothing of it, a power cut
 * whatever came since the disk was waited for last.
 */
export function transactUnsynced<T>(db: Database, work: Work<T>): Promise<T> {
  return onceUnlocked(db, work, (tracked) =>
    // Nobody else has the connection meanwhile.
    db.connection().execute(async (connection) => {
      await sql`pragma synchronous = normal`.execute(connection);
      try {
        return await connection.transaction().execute(tracked);
      } finally {
        await sql`pragma synchronous = full`.execute(connection);
      }
    }),
  );
}

type Work<T> = (tx: Transaction<Tables>) => Promise<T>;

/** @param attempt is made again and again while it cannot begin; in between others have the connection. */
async function onceUnlocked<T>(db: Database, work: Work<T>, attempt: (work: Work<T>) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db as Transaction<Tables>);

  let hasBegun = false;
  const tracked: Work<T> = (tx) => {
    hasBegun = true;
    return work(tx);
  };
  return waitForLock(
    () => inTurn(db, () => attempt(tracked)),
    (error) => !hasBegun && error instanceof StoreFailure && error.isBusy,
  );
}

/** When the last transaction of each connection ends that has been asked for. */
const ends = new WeakMap<Database, Promise<void>>();

/**
 * One transaction after the other, with a turn of the event loop in between. A commit holds the loop for as long as the
 * disk takes; back to back, those of many callers would hold it for all of them together.
 */
async function inTurn<T>(db: Database, attempt: () => Promise<T>): Promise<T> {
  const before = ends.get(db);
  const { promise: end, resolve } = Promise.withResolvers<void>();
  ends.set(db, end);
  await before;
  try {
    return await attempt();
  } finally {
    setImmediate(resolve);
  }
}
