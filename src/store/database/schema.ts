import type { ColumnType, Generated, Kysely } from "kysely";
import type { Environment } from "../../keys/key.ts";
import type { AuditFacts } from "../audit/audit-event.ts";

/** The tables of the database: instants in milliseconds since 1970, JSON as text. */
export type Tables = {
  readonly clients: ClientTable;
  readonly keys: KeyTable;
  readonly audit_events: AuditEventTable;
  readonly audit_checkpoint: AuditCheckpointTable;
  readonly quota_usage: QuotaUsageTable;
  readonly usage_journal: UsageJournalTable;
  readonly usage_latency: UsageLatencyTable;
  readonly key_use: KeyUseTable;
  readonly decisions: DecisionTable;
  readonly request_violations: RequestViolationTable;
  readonly watched_rotations: WatchedRotationTable;
  readonly revocations: RevocationTable;
  readonly store_state: StoreStateTable;
  readonly changes: ChangesTable;
};

type Fixed<T> = ColumnType<T, T, never>;

export type ClientTable = {
  /** Increases with every client and is never reused; lists are sorted by it. */
  readonly seq: Generated<number>;
  readonly id: Fixed<string>;
  readonly name: string;
  readonly metadata: string;
  readonly created_at: Fixed<number>;
  readonly disabled_at: number | null;
  readonly plan: string | null;
  readonly limits: string | null;
};

export type KeyTable = {
  readonly seq: Generated<number>;
  readonly id: Fixed<string>;
  readonly client_id: Fixed<string>;
  readonly name: string;
  readonly environment: Fixed<Environment>;
  readonly scopes: string;
  readonly digest: Fixed<string>;
  readonly last_four: Fixed<string>;
  readonly created_at: Fixed<number>;
  readonly expires_at: number | null;
  readonly disabled_at: number | null;
  readonly revoked_at: number | null;
  readonly revocation_reason: string | null;
  readonly successor_id: string | null;
  readonly overlap_ends_at: number | null;
  /** 0 or 1. */
  readonly self_rotation: number;
  readonly allowed_ips: string;
  readonly metadata: string;
  readonly limits: string | null;
  readonly lineage_id: Fixed<string>;
};

export type AuditEventTable = {
  readonly seq: ColumnType<number, never, never>;
  readonly id: Fixed<string>;
  readonly at: Fixed<number>;
  readonly action: Fixed<AuditFacts["action"]>;
  readonly actor_kind: Fixed<AuditFacts["actor"]["kind"]>;
  readonly actor_key_id: Fixed<string | null>;
  readonly actor_client_id: Fixed<string | null>;
  readonly target_kind: Fixed<AuditFacts["target"]["kind"]>;
  readonly target_id: Fixed<string>;
  readonly address: Fixed<string | null>;
  readonly request_id: Fixed<string | null>;
  readonly details: Fixed<string>;
  readonly previous_hash: Fixed<string>;
  readonly hash: Fixed<string>;
};

/** One row, or none before the first pruning. */
export type AuditCheckpointTable = {
  readonly id: number;
  readonly seq: number;
  readonly hash: string;
  readonly at: number;
  readonly count: number;
};

/** How much of a quota a client has used in one day or month. Only briefly below zero. */
export type QuotaUsageTable = {
  readonly client_id: Fixed<string>;
  readonly quota: Fixed<string>;
  /** `2026-11-25` or `2026-11`. */
  readonly span: Fixed<string>;
  readonly used: number;
};

/** Counts that are not yet in the other tables of usage. */
export type UsageJournalTable = {
  readonly id: Generated<number>;
  /** 0 or 1: whether it is made of other entries. */
  readonly is_merged: Fixed<number>;
  /** JSON. */
  readonly counts: Fixed<string>;
};

/** How many responses of an operation fell into a bucket of `histogram.ts`, in the hour that begins at `at`. */
export type UsageLatencyTable = {
  readonly operation: Fixed<string>;
  readonly at: Fixed<number>;
  readonly bucket: Fixed<number>;
  readonly count: number;
};

/** From which network a key called which operation, and when last. */
export type KeyUseTable = {
  readonly key_id: Fixed<string>;
  readonly operation: Fixed<string>;
  readonly network: Fixed<string>;
  readonly at: number;
  readonly requests: number;
};

export type DecisionTable = {
  readonly seq: Generated<number>;
  readonly request_id: Fixed<string>;
  /** JSON. */
  readonly decision: Fixed<string>;
};

export type RequestViolationTable = {
  readonly operation: Fixed<string>;
  readonly pointer: Fixed<string>;
  readonly detail: Fixed<string>;
  readonly count: number;
  readonly first_at: Fixed<number>;
  readonly last_at: number;
  readonly example: string;
};

export type WatchedRotationTable = {
  readonly key_id: Fixed<string>;
  readonly silent_seconds: Fixed<number>;
  readonly since: Fixed<number>;
};

/** One row. */
export type ChangesTable = { readonly id: Fixed<number>; readonly counter: number };

/** One row. */
export type StoreStateTable = {
  readonly id: Fixed<number>;
  readonly database_id: Fixed<string>;
  readonly beats: number;
  readonly seen_at: number;
  readonly backed_up_at: number | null;
  readonly backed_up_to: string | null;
  readonly beat_at: number;
};

export type RevocationTable = {
  readonly id: Generated<number>;
  readonly client_id: Fixed<string>;
  readonly lineage_id: Fixed<string | null>;
  /** Keys before this number are marked already. */
  readonly first_seq: number;
  readonly last_seq: Fixed<number>;
  readonly at: Fixed<number>;
  readonly reason: Fixed<string | null>;
  /** JSON. */
  readonly author: Fixed<string>;
};

export type Database = Kysely<Tables>;
