import type { Transaction } from "kysely";
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
export async function transact<T>(db: Database, work: (tx: Transaction<Tables>) => Promise<T>): Promise<T> {
  if (db.isTransaction) return work(db as Transaction<Tables>);

  let hasBegun = false;
  const attempt = () =>
    db.transaction().execute((tx) => {
      hasBegun = true;
      return work(tx);
    });
  return waitForLock(attempt, (error) => !hasBegun && error instanceof StoreFailure && error.isBusy);
}
