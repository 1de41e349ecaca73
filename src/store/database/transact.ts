import { sql, type Transaction } from "kysely";
import { StoreFailure } from "./failure.ts";
import type { Database, Tables } from "./schema.ts";
import { waitForLock } from "./wait-for-lock.ts";

/**
 * Runs `work` in one transaction, or inside the one that `db` already is. While another process holds the write lock,
 * it waits without blocking the event loop.
 *
 * `work` may only await the transaction it is given: all requests share one connection.
 *
 * @throws StoreFailure when the lock is not free, or the file not readable, within five seconds.
 */
export function transact<T>(db: Database, work: Work<T>): Promise<T> {
  return retryUntilUnlocked(db, work, (tracked) => db.transaction().execute(tracked));
}

/**
 * The same without waiting for the disk, for counts. Nothing is lost when the process dies; a power cut loses what came
 * after the last synced transaction.
 */
export function transactUnsynced<T>(db: Database, work: Work<T>): Promise<T> {
  return retryUntilUnlocked(db, work, (tracked) =>
    // Until this callback ends, no other query runs on the connection.
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

/** Narrows a database to the transaction that it is. */
export function isTransaction(db: Database): db is Transaction<Tables> {
  return db.isTransaction;
}

type Work<T> = (tx: Transaction<Tables>) => Promise<T>;

/** @param attempt is repeated while it cannot begin; in between, other callers get the connection. */
async function retryUntilUnlocked<T>(db: Database, work: Work<T>, attempt: (work: Work<T>) => Promise<T>): Promise<T> {
  if (isTransaction(db)) return work(db);

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

/** For each database, the end of the last requested transaction. */
const ends = new WeakMap<Database, Promise<void>>();

/**
 * Runs one transaction after the other, with a turn of the event loop in between. A commit blocks the loop for as long
 * as the disk takes; back to back, the commits of many callers would block it for the sum.
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
