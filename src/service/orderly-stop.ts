import type { Server } from "node:http";
import { type DrainOptions, drain } from "../http/server/drain.ts";
import { settleWithin } from "../lib/async/settle-within.ts";
import type { Log } from "../lib/log/log.ts";
import type { DatabaseFile } from "../store/database/database-file.ts";
import type { Database } from "../store/database/schema.ts";

/** Counts that cannot be written within this time are lost: the disk is full, or another process holds the lock. */
export const WRITE_WITHIN_MS = 3_000;

/** What an orderly stop could not finish; normally all of it is 0. */
export type Unfinished = {
  /** Requests that were cut off because they took too long. */
  readonly requestsCutOff: number;
  /** Responses that are missing in usage. */
  readonly responsesLost: number;
  /** Units that were not added to quotas, or not refunded. */
  readonly unitsLost: number;
  /** The database file was removed, replaced or overwritten, so nothing could be written. */
  readonly isFileLost: boolean;
};

export const NOTHING_UNFINISHED: Unfinished = { requestsCutOff: 0, responsesLost: 0, unitsLost: 0, isFileLost: false };

/** What two processes of one service could not finish, together. */
export function addUnfinished(one: Unfinished, other: Unfinished): Unfinished {
  return {
    requestsCutOff: one.requestsCutOff + other.requestsCutOff,
    responsesLost: one.responsesLost + other.responsesLost,
    unitsLost: one.unitsLost + other.unitsLost,
    isFileLost: one.isFileLost || other.isFileLost,
  };
}

/** Counts something, and writes the counts to the store. */
export type Writer = {
  /** Writes what is left. */
  readonly stop: () => Promise<void>;
  /** The counts that are not in the store. After the stop, they are lost. */
  readonly unwritten: () => number;
  /** Called before the store is closed: writes that are still running fail, and are not logged. */
  readonly abandon: () => void;
};

export type StopDeps = {
  readonly servers: readonly Server[];
  /** Ends the connections that would otherwise outlive the service. */
  readonly endStreams: () => void;
  readonly closeUpstream: () => Promise<void>;
  readonly usage: Writer;
  /** Undefined in a worker, whose primary counts. */
  readonly quotas: Writer | undefined;
  /** Checks that the database file is still in place. */
  readonly watch: Pick<Writer, "stop">;
  readonly db: Database;
  readonly databaseFile: Pick<DatabaseFile, "loss">;
  readonly log: Log;
};

/** Finishes accepted requests, writes all counts, and closes everything, within a bounded time. */
export async function stopInOrder(deps: StopDeps, options: DrainOptions = {}): Promise<Unfinished> {
  const { servers, endStreams, closeUpstream, usage, quotas, watch, db, databaseFile, log } = deps;
  const listening = servers.filter((server) => server.listening);
  const cutOff = await Promise.all(listening.map((server) => drain(server, { ...options, endStreams })));
  await closeUpstream();
  await writeLast([usage, quotas]);
  await watch.stop();
  await closeStore({ db, databaseFile, log });
  const requestsCutOff = cutOff.reduce((sum, one) => sum + one, 0);
  const lost = { responsesLost: usage.unwritten(), unitsLost: quotas?.unwritten() ?? 0 };
  const unfinished = { requestsCutOff, ...lost, isFileLost: databaseFile.loss() !== undefined };
  logUnfinished(unfinished, log);
  return unfinished;
}

/** Closes the database. If its file was lost, logs which files were set aside. */
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

/** Lets all writers stop within the same time limit. After that, the store may be closed. */
export async function writeLast(writers: readonly (Writer | undefined)[]): Promise<void> {
  await settleWithin(WRITE_WITHIN_MS, Promise.all(writers.map((writer) => writer?.stop())));
  for (const writer of writers) writer?.abandon();
}

export function logUnfinished({ requestsCutOff, responsesLost, unitsLost }: Unfinished, log: Log) {
  if (requestsCutOff > 0) {
    log.warn({ requests: requestsCutOff }, "requests were cut off: they took longer than an orderly stop waits");
  }
  if (responsesLost > 0 || unitsLost > 0) {
    log.error({ responsesLost, unitsLost }, "counts are lost: they could not be written before the end");
  }
}
