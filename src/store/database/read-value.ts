import type { DatabaseSync, SQLInputValue, SQLOutputValue } from "node:sqlite";

/**
 * Checks one value of a row.
 * @throws TypeError when the column holds another type: the file was written by another program.
 */
type ColumnReader<T> = (value: SQLOutputValue | undefined) => T;

export const toInteger: ColumnReader<number> = (value) => {
  if (typeof value !== "number") throw new TypeError(`expected an integer column, found ${typeof value}`);
  return value;
};

export const toText: ColumnReader<string> = (value) => {
  if (typeof value !== "string") throw new TypeError(`expected a text column, found ${typeof value}`);
  return value;
};

/** The same for a column that may be null. */
export function orNull<T>(read: ColumnReader<T>): ColumnReader<T | null> {
  return (value) => (value === null ? null : read(value));
}

/** The first column of the first row that `sql` selects; there must be one. */
export function readValue<T>(connection: DatabaseSync, sql: string, read: ColumnReader<T>): T {
  return read(Object.values(connection.prepare(sql).get() ?? {})[0]);
}

/** The first column of every row that `sql` selects. */
export function readColumn<T>(connection: DatabaseSync, sql: string, read: ColumnReader<T>): readonly T[] {
  return connection
    .prepare(sql)
    .all()
    .map((row) => read(Object.values(row)[0]));
}

/** Does `sql` select any row? */
export function hasRow(connection: DatabaseSync, sql: string, ...parameters: readonly SQLInputValue[]): boolean {
  return connection.prepare(sql).get(...parameters) !== undefined;
}
