import { chownSync, closeSync, linkSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pathToFileURL } from "node:url";
import { type Instant, toTimestamp } from "../../lib/time/clock.ts";
import { openDatabase, StoreUnusable } from "../database/database.ts";
import { type Counts, countsIn } from "../database/inspect-database.ts";
import type { Database } from "../database/schema.ts";
import { copyDatabase } from "./copy-database.ts";
import {
  cannotRead,
  cannotWrite,
  databasePathOf,
  flushToDisk,
  isSameFile,
  removeDatabase,
  SIDE_SUFFIXES,
  statOf,
} from "./database-paths.ts";
import { type CurrentDatabase, lockCurrent } from "./lock-current.ts";
import {
  findMissing,
  findRevocationsToReapply,
  type RevocationToReapply,
  reapplyRevocations,
} from "./revocations-to-reapply.ts";

/** What a restore is about to do; nothing has been replaced yet. */
export type RestorePlan = {
  readonly file: string;
  readonly database: string;
  /** What is in the backup. */
  readonly restored: Counts;
  /** Where the database that is there now will be kept; undefined when there is none. */
  readonly keptAs: string | undefined;
  /** What the present database stops and the backup does not. */
  readonly revocationsToReapply: readonly RevocationToReapply[];
  /** How much the present database has that the backup has not; undefined when it cannot be read. */
  readonly missing: Counts | undefined;
  /** The end of the audit log in the present database; undefined when there is none, or it cannot be read. */
  readonly replacedHead: string | undefined;
};

export type RestoreRequest = {
  /** Restore the backup as it is: what was stopped since works again. */
  readonly exactly: boolean;
  readonly now: Instant;
  /** Has the last word. Meanwhile nobody else can open the database. */
  readonly confirm: (plan: RestorePlan) => Promise<boolean>;
  /** Writes into the database that is about to take the place of the present one that this happened. */
  readonly record: (plan: RestorePlan, db: Database) => Promise<void>;
};

/**
 * Puts the backup `file` in the place of the database at `url`, and keeps that one beside it. Whenever the process
 * ends, one of the two is there, whole.
 * @returns undefined when `confirm` said no; then nothing was changed.
 * @throws StoreUnusable, also while another process has the database open
 */
export async function restore(url: string, file: string, wishes: RestoreRequest): Promise<RestorePlan | undefined> {
  const path = databasePathOf(url);
  const source = resolve(file);
  const draft = `${path}.restoring`;
  refuseSource(source, [path, draft]);
  const present = lockCurrent(path);
  try {
    makeFolder(path);
    return await viaDraft(draft, async () => {
      const restored = await draftFrom(source, draft);
      const plan = planOf(present, draft, { file: source, database: path, restored }, wishes);
      if (!(await wishes.confirm(plan))) return undefined;

      if (!wishes.exactly) onDraft(draft, (to) => reapplyRevocations(to, plan.revocationsToReapply));
      await recordOn(draft, plan, wishes);
      finish(draft, path);
      replace(path, draft, plan.keptAs);
      return plan;
    });
  } finally {
    if (present.kind === "locked") present.file.close();
  }
}

/** Nothing of the draft is left behind, but by a kill; the next restore takes that away. */
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
  if (!there.isFile()) throw new StoreUnusable(`${source} is no file: name one that latchkey backup wrote.`);
  const [path = ""] = own;
  if (isSameFile(source, path)) {
    throw new StoreUnusable(`${source} is the database itself: name a file that latchkey backup wrote.`);
  }
  if (own.some((name) => isSameFile(source, name))) {
    throw new StoreUnusable(`${source} is what an interrupted restore left behind: name the backup.`);
  }
}

function makeFolder(path: string) {
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw cannotWrite(path, cause);
  }
}

/** A verified copy of the backup beside the database, with the schema of this version. */
async function draftFrom(source: string, draft: string): Promise<Counts> {
  const from = openSource(source);
  try {
    removeDatabase(draft);
    closeSync(openSync(draft, "wx", 0o600));
    const restored = await copyDatabase(from, draft, {
      name: `The backup ${source}`,
      hint: "name a file that latchkey backup wrote",
    });
    const db = await openDatabase(`sqlite:${draft}`);
    await db.destroy();
    return restored;
  } catch (cause) {
    throw cause instanceof StoreUnusable ? cause : cannotWrite(draft, cause);
  } finally {
    from.close();
  }
}

/** Opens a backup without a trace: it may lie where nobody can write. */
function openSource(source: string): DatabaseSync {
  const address = pathToFileURL(source);
  // With one of them beside it the file is not complete by itself; SQLite then reads both.
  if (SIDE_SUFFIXES.every((side) => statOf(source + side) === undefined)) address.searchParams.set("immutable", "1");
  try {
    return new DatabaseSync(address, { readOnly: true });
  } catch (cause) {
    throw cannotRead(source, cause);
  }
}

type Begun = Pick<RestorePlan, "file" | "database" | "restored">;

function planOf(present: CurrentDatabase, draft: string, begun: Begun, { exactly, now }: RestoreRequest): RestorePlan {
  if (present.kind === "none") {
    return {
      ...begun,
      keptAs: undefined,
      revocationsToReapply: [],
      missing: { clients: 0, keys: 0 },
      replacedHead: undefined,
    };
  }

  const keptAs = `${begun.database}.before-restore-${toTimestamp(now).replaceAll(/[-:]/g, "")}`;
  const known = present.kind === "locked" ? compare(present.file, draft) : undefined;
  if (known === undefined && !exactly) {
    throw new StoreUnusable(
      `The database ${begun.database} is too damaged to tell which keys were revoked since the backup: add --exactly, and revoke them again.`,
    );
  }
  const replacedHead = present.kind === "locked" ? headOf(present.file) : undefined;
  return {
    ...begun,
    keptAs,
    revocationsToReapply: known?.revocationsToReapply ?? [],
    missing: known?.missing,
    replacedHead,
  };
}

/** In a database that may be older than the audit log, or damaged. */
function headOf(present: DatabaseSync): string | undefined {
  try {
    const last = present.prepare("SELECT hash FROM audit_events ORDER BY seq DESC LIMIT 1").get();
    return last === undefined ? undefined : String(last["hash"]);
  } catch {
    return undefined;
  }
}

function compare(present: DatabaseSync, draft: string) {
  return onDraft(draft, (to) => {
    try {
      return { revocationsToReapply: findRevocationsToReapply(present, to), missing: findMissing(present, to) };
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

/** Makes sure that the draft is complete by itself, the service's to read, and on the disk. */
function finish(draft: string, path: string) {
  onDraft(draft, countsIn);
  if (statOf(`${draft}-wal`) !== undefined) throw new Error(`${draft} is open elsewhere.`);
  const owner = statOf(path) ?? statOf(dirname(path));
  // Root restores for the user who runs the service.
  if (process.getuid?.() === 0 && owner !== undefined) chownSync(draft, Number(owner.uid), Number(owner.gid));
  flushToDisk(draft);
}

/**
 * The steps that count. At every one of them `path` is whole: the link gives the old file a second name without taking
 * the first away, and the rename replaces it at once.
 */
function replace(path: string, draft: string, keptAs: string | undefined) {
  try {
    if (keptAs === undefined) refuseLatecomer(path);
    else keep(path, keptAs);
    setSidesAside(path, keptAs ?? `${path}.before-restore`);
    renameSync(draft, path);
    flushToDisk(dirname(path));
  } catch (cause) {
    throw cause instanceof StoreUnusable ? cause : cannotWrite(path, cause);
  }
}

function refuseLatecomer(path: string) {
  if (Number(statOf(path)?.size ?? 0) > 0) {
    throw new StoreUnusable(`Somebody made a database ${path} meanwhile: stop the service, and try again.`);
  }
}

function keep(path: string, keptAs: string) {
  try {
    linkSync(path, keptAs);
    flushToDisk(dirname(path));
  } catch (cause) {
    throw new StoreUnusable(
      `${path} cannot be kept as ${keptAs} (${(cause as Error).message}): move it away yourself, then try again.`,
      { cause },
    );
  }
}

/**
 * SQLite would apply a WAL file to whatever database has its name. There is one only when the present database is
 * missing or empty: in all others SQLite has folded it in.
 */
function setSidesAside(path: string, keptAs: string) {
  rmSync(`${path}-shm`, { force: true });
  for (const side of ["-wal", "-journal"]) {
    if (statOf(path + side) !== undefined) renameSync(path + side, keptAs + side);
  }
}
