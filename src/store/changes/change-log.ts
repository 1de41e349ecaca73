import type { DatabaseSync, SQLOutputValue } from "node:sqlite";
import { ALL_KEYS, type KeyChanges } from "../../keys/key-changes.ts";
import { orNull, toInteger, toText } from "../database/read-value.ts";

/** Reads the log of changes to keys and clients, each time from where it ended the last time. */
export type ChangeLog = {
  /**
   * The changes since the last read of committed rows; undefined if there are none.
   * @param isOpen in an open transaction of this connection, whose rows may be rolled back: the next read starts from
   * the same row again.
   */
  readonly read: (isOpen: boolean) => KeyChanges | undefined;
};

/** A row of the log. Another row with the same number has another mark. */
type Position = { readonly seq: number; readonly mark: number };

const BEFORE_THE_LOG: Position = { seq: 0, mark: 0 };

export function createChangeLog(connection: DatabaseSync): ChangeLog {
  const query = connection.prepare("SELECT seq, mark, digest, client_id FROM key_changes WHERE seq >= ? ORDER BY seq");
  let position = BEFORE_THE_LOG;

  return {
    read: (isOpen) => {
      const rows = query.all(position.seq);
      const [first, ...later] = rows;
      // Otherwise the row was removed with older ones, or the database is a copy from before or beside it.
      const isContinued = isAt(first, position);
      if (isContinued && later.length === 0) return undefined;

      const changes = isContinued ? toChanges(later) : ALL_KEYS;
      if (!isOpen) position = positionOf(rows.at(-1));
      return changes;
    },
  };
}

type Row = Readonly<Record<string, SQLOutputValue>>;

function isAt(row: Row | undefined, { seq, mark }: Position): boolean {
  return row?.["seq"] === seq && row["mark"] === mark;
}

function positionOf(row: Row | undefined): Position {
  return row === undefined ? BEFORE_THE_LOG : { seq: toInteger(row["seq"]), mark: toInteger(row["mark"]) };
}

const toTextOrNull = orNull(toText);

function toChanges(rows: readonly Row[]): KeyChanges {
  const [digests, clientIds]: [string[], string[]] = [[], []];
  for (const row of rows) {
    const [digest, clientId] = [toTextOrNull(row["digest"]), toTextOrNull(row["client_id"])];
    if (digest === null && clientId === null) return ALL_KEYS;
    if (digest !== null) digests.push(digest);
    if (clientId !== null) clientIds.push(clientId);
  }
  return { kind: "named", digests, clientIds };
}
