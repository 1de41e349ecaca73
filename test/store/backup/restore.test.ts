import {
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { once } from "../../../src/lib/async/once.ts";
import { backUp } from "../../../src/store/backup/backup.ts";
import { type RestorePlan, type RestoreRequest, restore } from "../../../src/store/backup/restore.ts";
import { openDatabase, StoreUnusable } from "../../../src/store/database/database.ts";
import { aHeldClock, NOON } from "../../support/builders.ts";
import {
  inDatabase,
  insertHolder,
  keysIn,
  makeFirstVersion,
  namesIn,
  ruin,
  ruinRows,
  tamper,
  verdictOn,
} from "../../support/databases.ts";
import { COMPILED, startChild } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const root = temporaryFolder();
let made = 0;

type Setting = { readonly folder: string; readonly path: string; readonly file: string; readonly kept: string };

const original = join(root, "original");

/** A database that has acme, a backup of it, and then a client more. */
beforeAll(async () => {
  mkdirSync(original);
  const path = join(original, "latchkey.db");
  await inDatabase(path, (db) => insertHolder(db, "acme"));
  await backUp(`sqlite:${path}`, join(original, "backup.db"), { force: false, clock: aHeldClock() });
  await inDatabase(path, (db) => insertHolder(db, "late"));
});

/** A folder of its own, with a copy of these files. */
async function aSetting(): Promise<Setting> {
  const folder = join(root, String(++made));
  cpSync(original, folder, { recursive: true });
  const path = join(folder, "latchkey.db");
  return { folder, path, file: join(folder, "backup.db"), kept: `${path}.before-restore-20261124T120000.000Z` };
}

const put = (path: string, file: string, wishes: Partial<RestoreRequest> = {}) =>
  restore(`sqlite:${path}`, file, {
    exactly: false,
    now: NOON,
    confirm: async () => true,
    record: async () => {},
    ...wishes,
  });

/** The message for the operator. No draft may be left behind. */
async function refusalOf({ path }: Pick<Setting, "path">, attempt: Promise<unknown>): Promise<string> {
  const refusal = await attempt.catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(StoreUnusable);
  const { message } = refusal as StoreUnusable;
  expect(message).not.toContain("\n");
  if (existsSync(path)) expect(readdirSync(join(path, ".."))).not.toContain("latchkey.db.restoring");
  return message;
}

describe("a restore", () => {
  it("puts the backup in the place of the database, keeps that one, and leaves nothing else", async () => {
    const { folder, path, file, kept } = await aSetting();
    const backup = readFileSync(file);
    expect(await put(path, file)).toEqual({
      file,
      database: path,
      restored: { clients: 1, keys: 1 },
      keptAs: kept,
      revocationsToReapply: [],
      missing: { clients: 1, keys: 1 },
      replacedHead: undefined,
    } satisfies RestorePlan);
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "latchkey.db", kept.split("/").at(-1)]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readFileSync(file).equals(backup)).toBe(true);
    expect(await namesIn(path)).toEqual(["acme"]);
    expect(await namesIn(kept)).toEqual(["acme", "late"]);
  });

  it("reads a backup that is in WAL mode without leaving anything beside it", async () => {
    const { folder, path, file } = await aSetting();
    tamper(file, "PRAGMA journal_mode = WAL");
    const before = readFileSync(file);
    await put(path, file);
    expect(readdirSync(folder).filter((name) => name.startsWith("backup.db"))).toEqual(["backup.db"]);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  it("can be taken back with what it kept", async () => {
    const { path, file, kept } = await aSetting();
    await put(path, file);
    await put(path, kept, { now: NOON + 1 });
    expect(await namesIn(path)).toEqual(["acme", "late"]);
  });

  it("keeps what a killed service left in its WAL file, and does not apply it to the backup", async () => {
    const { folder, file } = await aSetting();
    const killed = await aKilledDatabase(folder);
    const { keptAs = "" } = (await put(killed, file)) ?? {};
    expect(readdirSync(folder).filter((name) => /-(wal|shm|journal)$/.test(name))).toEqual([]);
    expect(await namesIn(killed)).toEqual(["acme"]);
    expect(await namesIn(keptAs)).toEqual(["acme", "late", "last"]);
  });

  it("replaces what a symbolic link leads to, not the link", async () => {
    const { folder, path, file } = await aSetting();
    const link = join(folder, "link.db");
    symlinkSync(path, link);
    await put(link, file);
    expect(await namesIn(path)).toEqual(["acme"]);
    expect(await namesIn(link)).toEqual(["acme"]);
  });

  it("needs no database, nor a folder, to be there before", async () => {
    const { folder, file } = await aSetting();
    const path = join(folder, "new", "er", "latchkey.db");
    expect(await put(path, file)).toMatchObject({ keptAs: undefined, missing: { clients: 0, keys: 0 } });
    expect(await namesIn(path)).toEqual(["acme"]);
    expect(statSync(join(folder, "new")).mode & 0o777).toBe(0o700);
  });

  it("does not apply the WAL file of a database that is gone, or empty, and keeps it", async () => {
    const { folder, file } = await aSetting();
    for (const lose of [(path: string) => rmSync(path), (path: string) => writeFileSync(path, "")]) {
      const killed = await aKilledDatabase(folder);
      const wal = readFileSync(`${killed}-wal`);
      lose(killed);
      await put(killed, file);
      expect(readFileSync(`${killed}.before-restore-wal`).equals(wal)).toBe(true);
      expect(await namesIn(killed)).toEqual(["acme"]);
    }
  });

  it("of a backup of an older version brings its schema up to date, and leaves the backup as it is", async () => {
    const { folder, path } = await aSetting();
    const old = join(folder, "old.db");
    await makeFirstVersion(old);
    const before = readFileSync(old);
    expect(await put(path, old)).toMatchObject({ restored: { clients: 1, keys: 1 } });
    expect(await namesIn(path)).toEqual(["old"]);
    expect(readFileSync(old).equals(before)).toBe(true);
  });

  it("brings back an older version's backup though the database is of a newer one", async () => {
    const { path, file } = await aSetting();
    tamper(path, "INSERT INTO kysely_migration VALUES ('0099-x', '2099-01-01')");
    await put(path, file);
    expect(await namesIn(path)).toEqual(["acme"]);
  });

  it("does nothing when it is not confirmed", async () => {
    const { folder, path, file } = await aSetting();
    let plan: RestorePlan | undefined;
    const confirm = async (shown: RestorePlan) => {
      plan = shown;
      return false;
    };
    expect(await put(path, file, { confirm })).toBeUndefined();
    expect(plan).toMatchObject({ restored: { clients: 1, keys: 1 }, missing: { clients: 1, keys: 1 } });
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "latchkey.db"]);
    expect(await namesIn(path)).toEqual(["acme", "late"]);
  });

  it("ignores what an interrupted one left behind", async () => {
    const { path, file } = await aSetting();
    writeFileSync(`${path}.restoring`, "half of");
    writeFileSync(`${path}.restoring-wal`, "half of");
    await put(path, file);
    expect(await namesIn(path)).toEqual(["acme"]);
  });

  const asRoot = process.getuid?.() === 0 ? it : it.skip;

  asRoot("by root leaves the database to whom it belonged", async () => {
    const { folder, path, file } = await aSetting();
    chownSync(path, 1234, 2345);
    await put(path, file);
    expect(statSync(path)).toMatchObject({ uid: 1234, gid: 2345 });

    rmSync(path);
    chownSync(folder, 3456, 4567);
    await put(path, file);
    expect(statSync(path)).toMatchObject({ uid: 3456, gid: 4567 });
  });
});

/** A database beside its WAL file, which alone has the client `last`: as after kill -9. */
async function aKilledDatabase(folder: string): Promise<string> {
  const path = join(folder, `killed-${++made}.db`);
  const source = await killedOriginal();
  for (const suffix of ["", "-wal", "-shm"]) copyFileSync(source + suffix, path + suffix);
  return path;
}

const killedOriginal = once(async () => {
  const [living, killed] = [join(root, "living.db"), join(root, "killed.db")];
  copyFileSync(join(original, "latchkey.db"), living);
  await inDatabase(living, async (db) => {
    await insertHolder(db, "last");
    for (const suffix of ["", "-wal", "-shm"]) copyFileSync(living + suffix, killed + suffix);
  });
  return killed;
});

describe("what was stopped since the backup", () => {
  const LATER = NOON + 1_000;

  /** A setting in which `work` was done to the database after the backup. */
  async function since(work: string): Promise<Setting> {
    const setting = await aSetting();
    tamper(setting.path, work);
    return setting;
  }
  const keyIn = async (path: string) => (await keysIn(path)).find(({ id }) => id === "key_acme");

  it.each([
    [
      "revoked",
      `revoked_at = ${LATER}, revocation_reason = 'leaked'`,
      { revokedAt: LATER, revocationReason: "leaked" },
    ],
    ["disabled", `disabled_at = ${LATER}`, { disabledAt: LATER }],
    ["rotated", `overlap_ends_at = ${LATER}`, { overlapEndsAt: LATER }],
    ["expires-earlier", `expires_at = ${LATER}`, { expiresAt: LATER }],
  ])("such as a key that is %s stays so, unless the backup is restored exactly", async (how, change, stopped) => {
    const { path, file } = await since(`UPDATE keys SET ${change} WHERE id = 'key_acme'`);
    const before = await keyIn(file);
    const revocationsToReapply = [{ id: "key_acme", how, at: LATER, reason: how === "revoked" ? "leaked" : null }];
    expect(await put(path, file)).toMatchObject({ revocationsToReapply });
    expect(await keyIn(path)).toEqual({ ...before, ...stopped });

    expect(await put(path, file, { exactly: true, now: NOON + 1 })).toMatchObject({ revocationsToReapply });
    expect(await keyIn(path)).toEqual(before);
  });

  it("such as a client that is disabled stays so", async () => {
    const { path, file } = await since(`UPDATE clients SET disabled_at = ${LATER} WHERE name = 'acme'`);
    expect(await put(path, file)).toMatchObject({
      revocationsToReapply: [{ id: "client_acme", how: "disabled", at: LATER }],
    });
    const restored = new DatabaseSync(path);
    expect(restored.prepare("SELECT disabled_at AS at FROM clients").get()).toEqual({ at: LATER });
    restored.close();
  });

  it("stays so when the database is of an older version than this one", async () => {
    const { folder, path } = await aSetting();
    const [old, file] = [join(folder, "old.db"), join(folder, "old-backup.db")];
    await makeFirstVersion(old);
    copyFileSync(old, file);
    tamper(old, `UPDATE keys SET revoked_at = ${LATER}`);
    await put(old, file);
    expect(await keysIn(old)).toMatchObject([{ revokedAt: LATER }]);
    expect(await namesIn(path)).toEqual(["acme", "late"]);
  });

  it("keeps the revocations of the backup: a later one in the database does not replace them", async () => {
    const { path, file } = await aSetting();
    tamper(file, `UPDATE keys SET revoked_at = ${NOON}, revocation_reason = 'first'`);
    tamper(path, `UPDATE keys SET revoked_at = ${LATER}, revocation_reason = 'second' WHERE id = 'key_acme'`);
    expect(await put(path, file)).toMatchObject({ revocationsToReapply: [] });
    expect(await keyIn(path)).toMatchObject({ revokedAt: NOON, revocationReason: "first" });
  });

  it("cannot be read from a damaged database, so the backup must be restored exactly", async () => {
    for (const harm of [
      (path: string) => ruinRows(path, "keys"),
      (path: string) => ruin(path, "schema"),
      (path: string) => ruin(path, "header"),
    ]) {
      const { path, file, kept } = await aSetting();
      harm(path);
      const before = readFileSync(path);
      expect(await refusalOf({ path }, put(path, file))).toMatch(
        /too damaged to read .+ --exactly, and revoke them again\.$/,
      );
      expect(await put(path, file, { exactly: true })).toMatchObject({
        keptAs: kept,
        revocationsToReapply: [],
        missing: undefined,
      });
      expect(await namesIn(path)).toEqual(["acme"]);
      expect(readFileSync(kept).length).toBe(before.length);
    }
  });
});

describe("a database that is too damaged for SQLite", () => {
  it("does not have its WAL file applied to the backup", async () => {
    const { folder, file } = await aSetting();
    const path = await aKilledDatabase(folder);
    ruin(path, "header");
    await put(path, file, { exactly: true });
    expect(existsSync(`${path}-wal`)).toBe(false);
    expect(await namesIn(path)).toEqual(["acme"]);
  });
});

describe("a database that is open elsewhere", () => {
  it("is not replaced, even while it is idle", async () => {
    const setting = await aSetting();
    const { path, file, folder } = setting;
    const db = await openDatabase(`sqlite:${path}`);
    expect(await refusalOf(setting, put(path, file))).toMatch(/is open in another process: stop the service/);
    await insertHolder(db, "later");
    await db.destroy();
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "latchkey.db"]);
    expect(await namesIn(path)).toEqual(["acme", "late", "later"]);
  });

  it("cannot be opened from the question on, not even to read", async () => {
    const { path, file } = await aSetting();
    const other = new DatabaseSync(path);
    let failure: unknown;
    const confirm = async () => {
      try {
        other.prepare("SELECT count(*) FROM keys").get();
      } catch (error) {
        failure = error;
      }
      return false;
    };
    await put(path, file, { confirm });
    const BUSY = 5;
    expect(failure).toMatchObject({ errcode: BUSY });
    expect(other.prepare("SELECT count(*) AS n FROM keys").get()).toEqual({ n: 2 });
    other.close();
  });

  it("from the question on lets other processes wait, and then open the restored one", async () => {
    const { path, file, kept } = await aSetting();
    let opening: ReturnType<typeof openDatabase> | undefined;
    const confirm = async () => {
      opening = openDatabase(`sqlite:${path}`);
      return true;
    };
    await put(path, file, { confirm });
    const db = await opening;
    if (db === undefined) throw new Error("There was no question.");
    await insertHolder(db, "after");
    await db.destroy();
    expect(await namesIn(path)).toEqual(["acme", "after"]);
    expect(await namesIn(kept)).toEqual(["acme", "late"]);
  });
});

describe("a restore is refused, in one line, and the database is as it was,", () => {
  it.each([
    ["is not there", /^There is no file .+: name one that latchkey backup wrote/, (file: string) => rmSync(file)],
    ["is damaged", /is damaged \(.+\): name a file/, (file: string) => ruin(file, "schema")],
    [
      "is damaged where only a full check looks",
      /is damaged \(.+\): name a file/,
      (file: string) => ruinRows(file, "keys"),
    ],
    [
      "was cut off",
      /is damaged \(.+\): name a file/,
      (file: string) => writeFileSync(file, readFileSync(file).subarray(0, 8_192)),
    ],
    [
      "is not a database",
      /is not an SQLite database: name a file/,
      (file: string) => writeFileSync(file, "dear diary\n".repeat(500)),
    ],
    ["is empty", /is empty: name a file/, (file: string) => writeFileSync(file, "")],
    [
      "belongs to another application",
      /is the database of another application: name a file/,
      (file: string) => tamper(file, "PRAGMA application_id = 7"),
    ],
    [
      "is of a newer version",
      /written by a newer version \(its schema has 0099-x\): use that version's latchkey/,
      (file: string) => tamper(file, "INSERT INTO kysely_migration VALUES ('0099-x', '2099-01-01')"),
    ],
  ])("when the file %s", async (_, words, harm) => {
    const setting = await aSetting();
    harm(setting.file);
    const message = await refusalOf(setting, put(setting.path, setting.file));
    expect(message).toMatch(words);
    expect(message).toContain(setting.file);
    expect(await namesIn(setting.path)).toEqual(["acme", "late"]);
  });

  it("when the file is the database, under any name, or a folder, or half a restore", async () => {
    const setting = await aSetting();
    const { folder, path } = setting;
    const [soft, hard] = [join(folder, "soft.db"), join(folder, "hard.db")];
    symlinkSync(path, soft);
    linkSync(path, hard);
    for (const name of [path, soft, hard]) {
      expect(await refusalOf(setting, put(path, name))).toMatch(/is the database itself: name a file/);
      expect(await refusalOf(setting, put(soft, name))).toMatch(/is the database itself: name a file/);
    }
    expect(await refusalOf(setting, put(path, folder))).toMatch(/is not a file: name one/);
    expect(await namesIn(path)).toEqual(["acme", "late"]);

    copyFileSync(path, `${path}.restoring`);
    await expect(put(path, `${path}.restoring`)).rejects.toThrow(
      /left behind by an interrupted restore: name the backup/,
    );
    expect(await namesIn(`${path}.restoring`)).toEqual(["acme", "late"]);
  });

  it("when the current database belongs to another application", async () => {
    const setting = await aSetting();
    const songs = join(setting.folder, "songs.db");
    tamper(songs, "CREATE TABLE songs (x)");
    expect(await refusalOf(setting, put(songs, setting.file))).toMatch(
      /songs\.db is the database of another application/,
    );
    expect(verdictOn(songs)).toBe("ok");
  });

  it("when the database cannot be created there", async () => {
    const setting = await aSetting();
    const below = join(setting.path, "below", "latchkey.db");
    expect(await refusalOf(setting, put(below, setting.file))).toMatch(/cannot be written: its folder is a file/);
    expect(await refusalOf(setting, put(":memory:", setting.file))).toMatch(/^The database is in memory/);
  });

  it("when the old one cannot be kept", async () => {
    const setting = await aSetting();
    writeFileSync(setting.kept, "taken");
    expect(await refusalOf(setting, put(setting.path, setting.file))).toMatch(
      /cannot be kept as .+: move it away yourself/,
    );
    expect(readFileSync(setting.kept, "utf8")).toBe("taken");
    expect(await namesIn(setting.path)).toEqual(["acme", "late"]);
  });
});

describe("a restore that is killed before any of its steps", () => {
  const script = join(import.meta.dirname, "../../support/process/stepped-restore.ts");
  const snapshots = join(root, "snapshots");

  /** Restores a database that was killed, in a process of its own. @param killAt 0: it is not killed. */
  async function restoreInSteps(killAt: number, snapshotsFolder: string) {
    const { folder, file } = await aSetting();
    const own = join(folder, "own");
    for (const each of [own, snapshotsFolder]) mkdirSync(each, { recursive: true });
    const path = await aKilledDatabase(own);
    const command = [process.execPath, script, path, file, snapshotsFolder, String(killAt)];
    const { err } = await startChild(command, COMPILED).ended;
    expect(err.replaceAll(/^.*Warning.*\n/gm, "")).toBe("");
    return { own, name: basename(path), file };
  }

  /** Checks a folder as a kill left it, and restores there again. @returns which database was in place. */
  async function recover(own: string, name: string, file: string): Promise<"old" | "restored"> {
    const path = join(own, name);
    expect(existsSync(path)).toBe(true);
    const names = (await namesIn(path)).join();
    expect(["acme", "acme,late,last"]).toContain(names);
    expect(verdictOn(path)).toBe("ok");
    const kept = readdirSync(own).find((one) => /before-restore-[\dTZ.]+$/.test(one));
    if (names === "acme") expect(await namesIn(join(own, kept ?? "nothing"))).toEqual(["acme", "late", "last"]);

    await put(path, file);
    expect(await namesIn(path)).toEqual(["acme"]);
    return names === "acme" ? "restored" : "old";
  }

  const uninterrupted = once(() => restoreInSteps(0, snapshots));
  const steps = () => readdirSync(snapshots).length;

  // After a kill, other processes find exactly what was written by then. So a copy of the folder stands for a kill.
  it("leaves the old database or the restored one, whole, and can be done again", async () => {
    const { own, name, file } = await uninterrupted();
    const found: string[] = [];
    for (let step = 1; step <= steps(); step++) {
      const copy = join(root, `recovered-${step}`);
      cpSync(join(snapshots, String(step)), copy, { recursive: true });
      found.push(await recover(copy, name, file));
    }
    expect(new Set(found)).toEqual(new Set(["old", "restored"]));
    expect(found).toEqual(found.toSorted());
    expect(await recover(own, name, file)).toBe("restored");
  });

  it("leaves what the copy of the folder before that step shows", async () => {
    await uninterrupted();
    for (const step of [Math.ceil(steps() / 2), steps()]) {
      const { own, name, file } = await restoreInSteps(step, join(root, `killed-at-${step}`));
      const [left, copied] = [own, join(snapshots, String(step))].map((folder) =>
        readdirSync(folder).map((one) => [withoutNumbers(one), statSync(join(folder, one)).size]),
      );
      expect(left).toEqual(copied);
      await recover(own, name, file);
    }
  });

  /** Both runs have a number and a time of their own in their names. */
  const withoutNumbers = (name: string) => name.replace(/^killed-\d+/, "").replace(/[\dTZ.]{15,}$/, "");
});
