import { chownSync, closeSync, linkSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { makeFolder } from "../../lib/make-folder.ts";
import { type Instant, toTimestamp } from "../../lib/time/clock.ts";
import { openDatabase, StoreUnusable } from "../database/database.ts";
import { errorFactsOf } from "../database/failure.ts";
import { type Counts, countsIn } from "../database/inspect-database.ts";
import type { Database } from "../database/schema.ts";
import { copyDatabase, type OnProgress } from "./copy-database.ts";
import { databasePathOf, flushToDisk, isSameFile, removeDatabase, SIDE_SUFFIXES, statOf } from "./database-paths.ts";
import { cannotRead, cannotWrite } from "./file-errors.ts";
import { type CurrentDatabase, lockCurrent } from "./lock-current.ts";
import {
  findMissing,
  findRevocationsToReapply,
  type RevocationToReapply,
  reapplyRevocations,
} from "./revocations-to-reapply.ts";

/** What a restore is about to do. Nothing has been replaced yet. */
export type RestorePlan = {
  readonly file: string;
  readonly database: string;
  /** What is in the backup. */
  readonly restored: Counts;
  /** Where the current database will be kept; undefined when there is none. */
  readonly keptAs: string | undefined;
  /** What ends in the current database and not in the backup. */
  readonly revocationsToReapply: readonly RevocationToReapply[];
  /** How much of the current database is not in the backup; undefined when it cannot be read. */
  readonly missing: Counts | undefined;
  /** The end of the audit log in the current database; undefined when there is none, or it cannot be read. */
  readonly replacedHead: string | undefined;
};

export type RestoreRequest = {
  /** Restore the backup as it is: keys that were revoked since then work again. */
  readonly exactly: boolean;
  readonly now: Instant;
  /** Called before anything is replaced. Until it resolves, no other process can open the database. */
  readonly confirm: (plan: RestorePlan) => Promise<boolean>;
  /** Records the restore in the database that is about to replace the current one. */
  readonly record: (plan: RestorePlan, db: Database) => Promise<void>;
  readonly onProgress?: OnProgress;
};

/**
 * Replaces the database at `url` by the backup `file`, and keeps the replaced one beside it. Even if the process is
 * killed, one of the two is in place and complete.
 * @returns undefined when `confirm` resolved to false; then nothing was changed.
 * @throws StoreUnusable, also while another process has the database open
 */
export async function restore(url: string, file: string, request: RestoreRequest): Promise<RestorePlan | undefined> {
  const path = databasePathOf(url);
  const source = resolve(file);
  const draft = `${path}.restoring`;
  refuseSource(source, [path, draft]);
  const current = lockCurrent(path);
  try {
    makeFolderOf(path);
    return await viaDraft(draft, async () => {
      const restored = await draftFrom(source, draft, request.onProgress);
      const plan = planOf(current, draft, { file: source, database: path, restored }, request);
      if (!(await request.confirm(plan))) return undefined;

      if (!request.exactly) onDraft(draft, (to) => reapplyRevocations(to, plan.revocationsToReapply));
      await recordOn(draft, plan, request);
      finish(draft, path);
      replace(path, draft, plan.keptAs);
      return plan;
    });
  } finally {
    if (current.kind === "locked") current.connection.close();
  }
}

/** Removes the draft at the end. After a kill, the next restore removes it. */
async function viaDraft<T>(draft: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } finally {
    removeDatabase(draft);
  }
}

function refuseSource(source: string, own: readonly string[]) {
  const there = statOf(source);
  if (there === undefined) throw new StoreUnusable(`There is no file ${source}: name one that latchkey backup wrote.`);
  if (!there.isFile()) throw new StoreUnusable(`${source} is not a file: name one that latchkey backup wrote.`);
  const [path = ""] = own;
  if (isSameFile(source, path)) {
    throw new StoreUnusable(`${source} is the database itself: name a file that latchkey backup wrote.`);
  }
  if (own.some((name) => isSameFile(source, name))) {
    throw new StoreUnusable(`${source} was left behind by an interrupted restore: name the backup.`);
  }
}

function makeFolderOf(path: string) {
  try {
    makeFolder(dirname(path));
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** A verified copy of the backup beside the database, with the schema of this version. */
async function draftFrom(source: string, draft: string, onProgress?: OnProgress): Promise<Counts> {
  const from = openSource(source);
  try {
    removeDatabase(draft);
    closeSync(openSync(draft, "wx", 0o600));
    const named = { name: `The backup ${source}`, hint: "name a file that latchkey backup wrote" };
    const restored = await copyDatabase(from, draft, named, onProgress);
    const db = await openDatabase(`sqlite:${draft}`);
    await db.destroy();
    return restored;
  } catch (cause) {
    throw cause instanceof StoreUnusable ? cause : cannotWrite(draft, cause);
  } finally {
    from.close();
  }
}

/** Opens a backup without writing beside it: it may lie in a read-only folder. */
function openSource(source: string): DatabaseSync {
  const address = pathToFileURL(source);
  // A backup with a WAL beside it is only complete together with that; then SQLite must read both.
  if (SIDE_SUFFIXES.every((side) => statOf(source + side) === undefined)) address.searchParams.set("immutable", "1");
  try {
    return new DatabaseSync(address, { readOnly: true });
  } catch (cause) {
    throw cannotRead(source, cause);
  }
}

type Begun = Pick<RestorePlan, "file" | "database" | "restored">;

function planOf(current: CurrentDatabase, draft: string, begun: Begun, { exactly, now }: RestoreRequest): RestorePlan {
  if (current.kind === "none") {
    return {
      ...begun,
      keptAs: undefined,
      revocationsToReapply: [],
      missing: { clients: 0, keys: 0 },
      replacedHead: undefined,
    };
  }

  const keptAs = `${begun.database}.before-restore-${toTimestamp(now).replaceAll(/[-:]/g, "")}`;
  const known = current.kind === "locked" ? compare(current.connection, draft) : undefined;
  if (known === undefined && !exactly) {
    throw new StoreUnusable(
      `The database ${begun.database} is too damaged to read which keys were revoked since the backup: add --exactly, and revoke them again.`,
    );
  }
  const replacedHead = current.kind === "locked" ? headOf(current.connection) : undefined;
  return {
    ...begun,
    keptAs,
    revocationsToReapply: known?.revocationsToReapply ?? [],
    missing: known?.missing,
    replacedHead,
  };
}

/** The database may be older than the audit log, or damaged. */
function headOf(current: DatabaseSync): string | undefined {
  try {
    const last = current.prepare("SELECT hash FROM audit_events ORDER BY seq DESC LIMIT 1").get();
    return last === undefined ? undefined : String(last["hash"]);
  } catch {
    return undefined;
  }
}

function compare(current: DatabaseSync, draft: string) {
  return onDraft(draft, (to) => {
    try {
      return { revocationsToReapply: findRevocationsToReapply(current, to), missing: findMissing(current, to) };
    } catch {
      return undefined;
    }
  });
}

async function recordOn(draft: string, plan: RestorePlan, { record }: RestoreRequest) {
  const db = await openDatabase(`sqlite:${draft}`);
  try {
    await record(plan, db);
  } finally {
    await db.destroy();
  }
}

function onDraft<T>(draft: string, work: (to: DatabaseSync) => T): T {
  const to = new DatabaseSync(draft);
  try {
    return work(to);
  } catch (cause) {
    throw cannotWrite(draft, cause);
  } finally {
    to.close();
  }
}

/** Makes the draft complete without side files, owned by the user of the service, and flushed to disk. */
function finish(draft: string, path: string) {
  onDraft(draft, countsIn);
  if (statOf(`${draft}-wal`) !== undefined) throw new Error(`${draft} is open in another process.`);
  const owner = statOf(path) ?? statOf(dirname(path));
  // When root restores, the file must belong to the user who runs the service.
  if (process.getuid?.() === 0 && owner !== undefined) chownSync(draft, Number(owner.uid), Number(owner.gid));
  flushToDisk(draft);
}

/**
 * Between all of these steps the file at `path` is complete: the link gives the old file a second name and keeps the
 * first, and the rename replaces it atomically.
 */
function replace(path: string, draft: string, keptAs: string | undefined) {
  try {
    if (keptAs === undefined) refuseLatecomer(path);
    else keep(path, keptAs);
    setSideFilesAside(path, keptAs ?? `${path}.before-restore`);
    renameSync(draft, path);
    flushToDisk(dirname(path));
  } catch (cause) {
    throw cause instanceof StoreUnusable ? cause : cannotWrite(path, cause);
  }
}

function refuseLatecomer(path: string) {
  if (Number(statOf(path)?.size ?? 0) > 0) {
    throw new StoreUnusable(`Another process has created a database ${path}: stop the service, and try again.`);
  }
}

function keep(path: string, keptAs: string) {
  try {
    linkSync(path, keptAs);
    flushToDisk(dirname(path));
  } catch (cause) {
    throw new StoreUnusable(
      `${path} cannot be kept as ${keptAs} (${errorFactsOf(cause).message}): move it away yourself, then try again.`,
      { cause },
    );
  }
}

/**
 * SQLite would apply a WAL file to any database of that name. There is one only when the current database is missing or
 * empty: otherwise SQLite has written it into the database.
 */
function setSideFilesAside(path: string, keptAs: string) {
  rmSync(`${path}-shm`, { force: true });
  for (const side of ["-wal", "-journal"]) {
    if (statOf(path + side) !== undefined) renameSync(path + side, keptAs + side);
  }
}
