import { setTimeout as wait } from "node:timers/promises";
import type { Transaction } from "kysely";
import { StoreFailure } from "./failure.ts";
import type { Database, Tables } from "./schema.ts";

const RETRY_EVERY_MS = 10;
const GIVE_UP_AFTER_MS = 5_000;

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

  for (let waitedMs = 0; ; waitedMs += RETRY_EVERY_MS) {
    let hasBegun = false;
    try {
      return await db.transaction().execute((tx) => {
        hasBegun = true;
        return work(tx);
      });
    } catch (error) {
      const isLocked = !hasBegun && error instanceof StoreFailure && error.isBusy;
      if (!isLocked || waitedMs >= GIVE_UP_AFTER_MS) throw error;
    }
    await wait(RETRY_EVERY_MS);
  }
}
