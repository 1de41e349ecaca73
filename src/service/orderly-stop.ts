import type { Server } from "node:http";
import { type DrainOptions, drain } from "../http/server/drain.ts";
import { settleWithin } from "../lib/async/settle-within.ts";
import type { Log } from "../lib/log/log.ts";
import type { DatabaseFile } from "../store/database/database-file.ts";
import type { Database } from "../store/database/schema.ts";

/** Counts that the store does not take within this time are lost: it is full, or another process holds its lock. */
export const WRITE_WITHIN_MS = 3_000;

/** What an orderly stop could not bring to an end; all of it is 0 as a rule. */
export type Unfinished = {
  /** Requests that took longer than a stop waits. */
  readonly requestsCutOff: number;
  /** Answers that are missing in the counts of usage. */
  readonly answersLost: number;
  /** Units that are missing in, or were not given back to, quotas. */
  readonly unitsLost: number;
  /** The database file was removed, replaced or overwritten: nothing could be written into it. */
  readonly isFileLost: boolean;
};

export const NOTHING_UNFINISHED: Unfinished = { requestsCutOff: 0, answersLost: 0, unitsLost: 0, isFileLost: false };

/** What two processes of one service could not finish, together. */
export function addUnfinished(one: Unfinished, other: Unfinished): Unfinished {
  return {
    requestsCutOff: one.requestsCutOff + other.requestsCutOff,
    answersLost: one.answersLost + other.answersLost,
    unitsLost: one.unitsLost + other.unitsLost,
    isFileLost: one.isFileLost || other.isFileLost,
  };
}

/** Something that counts, and writes what it counted when it stops. */
export type Writer = {
  readonly stop: () => Promise<void>;
  readonly unwritten: () => number;
  /** Before the store is closed: what has not ended by then fails, and is not told. */
  readonly abandon: () => void;
};

export type StopDeps = {
  readonly servers: readonly Server[];
  readonly closeUpstream: () => Promise<void>;
  readonly usage: Writer;
  /** Undefined where another process counts. */
  readonly quotas: Writer | undefined;
  /** Looks whether the database is still where it was. */
  readonly watch: Pick<Writer, "stop">;
  readonly db: Database;
  readonly databaseFile: Pick<DatabaseFile, "loss">;
  readonly log: Log;
};

/** Answers what was accepted, writes what was counted, and closes everything, all within a bounded time. */
export async function stopInOrder(deps: StopDeps, options: DrainOptions = {}): Promise<Unfinished> {
  const { servers, closeUpstream, usage, quotas, watch, db, databaseFile, log } = deps;
  const listening = servers.filter((server) => server.listening);
  const cutOff = await Promise.all(listening.map((server) => drain(server, options)));
  await closeUpstream();
  await writeLast([usage, quotas]);
  await watch.stop();
  await closeStore({ db, databaseFile, log });
  const requestsCutOff = cutOff.reduce((sum, one) => sum + one, 0);
  const lost = { answersLost: usage.unwritten(), unitsLost: quotas?.unwritten() ?? 0 };
  const leftover = { requestsCutOff, ...lost, isFileLost: databaseFile.loss() !== undefined };
  logUnfinished(leftover, log);
  return leftover;
}

/** Closes the database; where its file was lost, the log says which files were set aside. */
export async function closeStore({
  db,
  databaseFile,
  log,
}: Pick<StopDeps, "db" | "databaseFile" | "log">): Promise<void> {
  await db.destroy();
  for (const { from, to, failed } of databaseFile.loss()?.aside ?? []) {
    if (failed === undefined) log.error({ from, to }, "a file of the lost database was set aside");
    else
      log.error(
        { from, to, failed },
        "a file of the lost database cannot be set aside: rename it before the next start",
      );
  }
}

/** Everything that counts gets the same time, together; then the store is closed. */
export async function writeLast(writers: readonly (Writer | undefined)[]): Promise<void> {
  await settleWithin(WRITE_WITHIN_MS, Promise.all(writers.map((writer) => writer?.stop())));
  for (const writer of writers) writer?.abandon();
}

export function logUnfinished({ requestsCutOff, answersLost, unitsLost }: Unfinished, log: Log) {
  if (requestsCutOff > 0) {
    log.warn({ requests: requestsCutOff }, "requests were cut off: they took longer than an orderly stop waits");
  }
  if (answersLost > 0 || unitsLost > 0) {
    log.error({ answersLost, unitsLost }, "counts are lost: the store did not take them before the end");
  }
}
