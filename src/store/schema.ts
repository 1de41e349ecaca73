import type { ColumnType, Generated, Kysely } from "kysely";

/** The tables as SQL sees them: instants in milliseconds since 1970, JSON as text. */
export type Tables = {
  readonly clients: ClientTable;
  readonly keys: KeyTable;
};

type Fixed<T> = ColumnType<T, T, never>;

export type ClientTable = {
  /** Rises with every client and is never used again; lists go by it. */
  readonly seq: Generated<number>;
  readonly id: Fixed<string>;
  readonly name: string;
  readonly metadata: string;
  readonly created_at: Fixed<number>;
};

export type KeyTable = {
  readonly seq: Generated<number>;
  readonly id: Fixed<string>;
  readonly client_id: Fixed<string>;
  readonly name: string;
  readonly environment: Fixed<string>;
  readonly scopes: string;
  readonly digest: Fixed<string>;
  readonly last_four: Fixed<string>;
  readonly created_at: Fixed<number>;
  readonly expires_at: number | null;
  readonly revoked_at: number | null;
  readonly revocation_reason: string | null;
  readonly metadata: string;
};

export type Database = Kysely<Tables>;
