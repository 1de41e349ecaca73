import type { DatabaseSync, StatementSync } from "node:sqlite";
import { toStoreError } from "./failure.ts";

/** Tells whether what was read about keys and clients still holds. */
export type Changes = {
  /**
   * A number that is another one after every committed change to keys and clients, by whatever process. About two
   * microseconds. A transaction of ours may move it before it ends, and again when it has.
   * @throws StoreFailure when it cannot be known.
   */
  readonly version: () => number;
};

const UNKNOWN = -1;

/**
 * Watches the open and migrated `file`, whose every query must be read to its end: see `toStatement`.
 * @param ownWrites how often something was, or may have been, written through `file` itself.
 * @param throwIfLost throws once the file is lost: then nothing that is in memory is fresh.
 */
export function createChanges(file: DatabaseSync, ownWrites: () => number, throwIfLost = () => {}): Changes {
  const dataVersion = toReader(file, "PRAGMA data_version");
  const counter = toReader(file, "SELECT counter FROM changes");
  const seen = { foreign: UNKNOWN, own: UNKNOWN, counter: UNKNOWN };
  let version = 0;

  const look = () => {
    // First of all: what others commit from here on moves it again, and is looked at then.
    const foreign = dataVersion();
    const own = ownWrites();
    const isOpen = file.isTransaction;
    const isMoved = foreign !== seen.foreign || own !== seen.own;
    if (!isMoved && (isOpen || seen.counter !== UNKNOWN)) return version;

    const count = counter();
    const isChanged = count !== seen.counter;
    if (isChanged) version++;
    // Within a transaction of ours nobody can tell what is committed, and a rollback takes the counter back: whatever
    // it says next could then be the number that was seen here.
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
function toReader(file: DatabaseSync, sql: string): () => number {
  const statement: StatementSync = file.prepare(sql);
  // An object for each row would cost a third more.
  statement.setReturnArrays(true);
  return () => {
    const [value] = statement.get() as unknown as readonly [number];
    return value;
  };
}
