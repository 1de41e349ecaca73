import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { toStoreError } from "../database/failure.ts";

type Row = Readonly<Record<string, SQLOutputValue>>;

/**
 * Looks one row up without waiting, in what is committed.
 * @returns null: the row does not exist; undefined: a transaction of this connection is open, and what it changed may
 * be rolled back.
 * @throws StoreFailure
 */
export type CommittedRead = (parameter: string) => Row | null | undefined;

/** Prepares a query with one parameter once, for look-ups without waiting. */
export type PrepareRead = (sql: string) => CommittedRead;

/** @param throwIfLost throws once the file is lost. */
export function createPrepareRead(connection: DatabaseSync, throwIfLost: () => void): PrepareRead {
  return (sql) => {
    const query = connection.prepare(sql);
    return (parameter) => {
      throwIfLost();
      try {
        return connection.isTransaction ? undefined : (query.get(parameter) ?? null);
      } catch (cause) {
        throw toStoreError(cause);
      }
    };
  };
}
