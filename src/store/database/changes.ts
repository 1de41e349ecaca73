import type { DatabaseSync, StatementSync } from "node:sqlite";
import { toStoreError } from "./failure.ts";

/** Shows whether cached keys and clients are still current. */
export type Changes = {
  /**
   * A number that differs after every committed change to keys and clients, by any process. Takes about two
   * microseconds. A transaction of this connection may change it before it ends, and again at its end.
   * @throws StoreFailure when it is unknown.
   */
  readonly version: () => number;
};

const UNKNOWN = -1;

/**
 * Watches an open and migrated database. Every query on `connection` must be read to its end: see `toStatement`.
 * @param ownWrites how many statements may have written through `connection` itself.
 * @param throwIfLost throws once the file is lost: then nothing in memory is current.
 */
export function createChanges(connection: DatabaseSync, ownWrites: () => number, throwIfLost = () => {}): Changes {
  const dataVersion = toReader(connection, "PRAGMA data_version");
  const counter = toReader(connection, "SELECT counter FROM changes");
  const seen = { foreign: UNKNOWN, own: UNKNOWN, counter: UNKNOWN };
  let version = 0;

  const look = () => {
    // Read before the counter: a commit by another process after this line changes it again, and is seen next time.
    const foreign = dataVersion();
    const own = ownWrites();
    const isOpen = connection.isTransaction;
    const isMoved = foreign !== seen.foreign || own !== seen.own;
    if (!isMoved && (isOpen || seen.counter !== UNKNOWN)) return version;

    const count = counter();
    const isChanged = count !== seen.counter;
    if (isChanged) version++;
    // Inside an own transaction it is unknown what will be committed, and a rollback takes the counter back: a later
    // commit could then reach the same number as the one seen here.
    Object.assign(seen, { foreign, own, counter: isOpen && isChanged ? UNKNOWN : count });
    return version;
  };

  return {
    version: () => {
      throwIfLost();
      try {
        return look();
      } catch (cause) {
        throw toStoreError(cause);
      }
    },
  };
}

/** Reads the one number that `sql` selects. */
function toReader(connection: DatabaseSync, sql: string): () => number {
  const statement: StatementSync = connection.prepare(sql);
  // An object for each row would cost a third more.
  statement.setReturnArrays(true);
  return () => {
    const row: unknown = statement.get();
    const value = Array.isArray(row) ? row[0] : undefined;
    if (typeof value !== "number") throw new TypeError(`${sql} did not give a number`);
    return value;
  };
}
