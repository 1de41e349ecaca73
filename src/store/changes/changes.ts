import type { DatabaseSync, StatementSync } from "node:sqlite";
import { ALL_KEYS, type KeyChanges, NO_KEYS } from "../../keys/key-changes.ts";
import { toStoreError } from "../database/failure.ts";
import { createChangeLog } from "./change-log.ts";

/** Shows whether cached keys and clients are still current, and which of them are not. */
export type Changes = {
  /**
   * A number that differs after every committed change to keys and clients, by any process. Takes about two
   * microseconds. A transaction of this connection may change it before it ends, and again at its end.
   * @throws StoreFailure when it is unknown.
   */
  readonly version: () => number;
  /** What changed between an earlier version and the one that was returned last. */
  readonly since: (version: number) => KeyChanges;
};

const UNKNOWN = -1;

/**
 * Watches an open and migrated database. Every query on `connection` must be read to its end: see `toStatement`.
 * @param ownWrites how many statements may have written through `connection` itself.
 * @param throwIfLost throws once the file is lost: then nothing in memory is current.
 */
export function createChanges(connection: DatabaseSync, ownWrites: () => number, throwIfLost = () => {}): Changes {
  const dataVersion = toReader(connection, "PRAGMA data_version");
  const log = createChangeLog(connection);
  const seen = { foreign: UNKNOWN, own: UNKNOWN, isCommitted: false };
  let version = 0;
  let latest = ALL_KEYS;

  const look = () => {
    // Read before the log: a commit by another process after this line changes it again, and is seen next time.
    const foreign = dataVersion();
    const own = ownWrites();
    const isOpen = connection.isTransaction;
    const isMoved = foreign !== seen.foreign || own !== seen.own;
    if (!isMoved && (isOpen || seen.isCommitted)) return version;

    // Inside an own transaction it is unknown what will be committed. So the log is read once more after its end, from
    // the same row on.
    const changes = log.read(isOpen);
    if (changes !== undefined) {
      latest = changes;
      version++;
    }
    Object.assign(seen, { foreign, own, isCommitted: !isOpen });
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
    since: (earlier) => {
      if (earlier === version) return NO_KEYS;
      return earlier === version - 1 ? latest : ALL_KEYS;
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
