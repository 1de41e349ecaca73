import { copyFileSync, readdirSync, readlinkSync, renameSync, rmSync, unlinkSync } from "node:fs";
import { basename, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { actionsOn, SCOPES } from "../../support/builders.ts";
import { inDatabase, namesIn, verdictOn } from "../../support/databases.ts";
import { type Child, startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let made = 0;

/** A database with a client of this name, whose key may do everything. */
async function aDatabase(name: string) {
  const path = join(folder, `${++made}.db`);
  const secret = await inDatabase(path, async (db) => {
    const deps = actionsOn(db);
    await registerClient({ name }, deps);
    const wanted = { client: name, name, scopes: SCOPES, environment: "live", expiresAt: null } as const;
    const outcome = await issueKey(wanted, OPERATOR_AUTHORITY, deps);
    return outcome.kind === "issued" ? outcome.secret : "";
  });
  return { path, secret };
}

/** The real service, in as many processes as `workers` says, and what a caller gets from it. */
async function aRunningService(settings: Readonly<Record<string, string>> = {}) {
  const { path, secret } = await aDatabase("admin");
  const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: `sqlite:${path}`, ...settings });
  const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
  const headers = { "x-api-key": secret, "content-type": "application/json", connection: "close" };
  const create = async () => {
    const body = JSON.stringify({ name: `client-${++made}` });
    return (await fetch(`${url}/v1/clients`, { method: "POST", headers, body })).status;
  };
  const get = async (at: string) => (await fetch(`${url}${at}`, { headers })).status;
  return { path, child, create, get };
}

/** Repeats a request until it has this status, or until the test times out. */
async function until(status: number, ask: () => Promise<number>) {
  while ((await ask()) !== status) await wait(20);
}

async function stop({ process, ended }: Child) {
  process.kill("SIGTERM");
  return ended;
}

const linesOf = ({ out }: Child) =>
  out
    .text()
    .split("\n")
    .filter((line) => line.includes("the database file is lost"));

/** The files of this database that were set aside. */
const asideOf = (path: string) =>
  readdirSync(folder)
    .filter((name) => name.startsWith(`${basename(path)}-`) && name.includes(".lost-"))
    .map((name) => name.slice(basename(path).length, -".lost-20261126T120000.000Z".length))
    .sort();

type FileLoss = (path: string, another: string) => void;
const FILE_LOSSES: Readonly<Record<string, FileLoss>> = {
  removed: unlinkSync,
  "removed with -wal and -shm": (path) => {
    for (const side of ["", "-wal", "-shm"]) rmSync(path + side);
  },
  "replaced by rename": (path, another) => renameSync(another, path),
  "copied over": (path, another) => copyFileSync(another, path),
};

describe("a running service whose database file is lost", () => {
  it.each(Object.entries(FILE_LOSSES))("acknowledges nothing and admits no key: %s", async (_, lose) => {
    const { path, child, create, get } = await aRunningService();
    const another = (await aDatabase("another")).path;
    expect(await create()).toBe(201);
    expect(await get("/readyz")).toBe(200);

    lose(path, another);
    for (let calls = 0; calls < 5; calls++) expect(await create()).toBe(503);
    await until(503, () => get("/data"));
    await until(503, () => get("/v1/keys"));
    await until(503, () => get("/readyz"));
    expect(await get("/healthz")).toBe(200);
    while (linesOf(child).length === 0) await wait(20);
    // What it has counted since then cannot be written, and the stop reports that.
    expect((await stop(child)).err).toMatch(/^(Counts are lost .+ was removed, .+\n)?$/);
    expect(linesOf(child)).toEqual([expect.stringContaining("docs/recovery.md")]);
  });

  it("leaves a file alone that replaced it", async () => {
    const { path, child, get } = await aRunningService();
    renameSync((await aDatabase("another")).path, path);
    await until(503, () => get("/readyz"));
    await stop(child);
    expect(verdictOn(path)).toBe("ok");
    expect(await namesIn(path)).toEqual(["another"]);
  });

  it("notices in every process that serves", async () => {
    const { path, child, create, get } = await aRunningService({ LATCHKEY_WORKERS: "2" });
    expect(await create()).toBe(201);
    unlinkSync(path);
    for (let calls = 0; calls < 10; calls++) expect(await create()).toBe(503);
    while (linesOf(child).length < 2) await wait(20);
    for (let calls = 0; calls < 10; calls++) expect(await get("/data")).toBe(503);
    await stop(child);
    expect(linesOf(child)).toHaveLength(2);
  });

  it.each([
    ["", {}],
    [", by several processes", { LATCHKEY_WORKERS: "2" }],
  ])("leaves nothing beside the file that was put there that is not its own%s", async (_, settings) => {
    for (const lose of [FILE_LOSSES["replaced by rename"], FILE_LOSSES["copied over"]] as const) {
      const { path, child, create } = await aRunningService(settings);
      const another = (await aDatabase("another")).path;
      for (let calls = 0; calls < 3; calls++) expect(await create()).toBe(201);
      lose?.(path, another);
      // At once: the end has to notice by itself.
      const { err } = await stop(child);
      expect(err).toMatch(/^(Counts are lost .+ was removed, replaced or overwritten: .+\n)*$/);
      expect(child.out.text()).toContain("a file of the lost database was set aside");
      expect(asideOf(path)).toEqual(["-shm", "-wal"]);
      const again = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: `sqlite:${path}` });
      await again.out.until(/"url":"([^"]+)"/);
      expect((await stop(again)).code).toBe(0);
      expect(verdictOn(path)).toBe("ok");
      expect(await namesIn(path)).toEqual(["another"]);
    }
  });

  it("takes up what was set aside, where it is put back as docs/recovery.md says", async () => {
    const { path, child, create, get } = await aRunningService();
    for (let calls = 0; calls < 3; calls++) expect(await create()).toBe(201);
    renameSync(path, `${path}.elsewhere`);
    await until(503, () => get("/readyz"));
    await stop(child);
    const [wal = "none"] = readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}-wal.lost-`));
    renameSync(`${path}.elsewhere`, path);
    renameSync(join(folder, wal), `${path}-wal`);
    expect(verdictOn(path)).toBe("ok");
    expect(await namesIn(path)).toHaveLength(4);
  });

  it("keeps its WAL where the file has got its name back before the end", async () => {
    const { path, child, create, get } = await aRunningService();
    for (let calls = 0; calls < 3; calls++) expect(await create()).toBe(201);
    renameSync(path, `${path}.elsewhere`);
    await until(503, () => get("/readyz"));
    renameSync(`${path}.elsewhere`, path);
    await stop(child);
    expect(asideOf(path)).toEqual([]);
    expect(await namesIn(path)).toHaveLength(4);
  });

  const onLinux = process.platform === "linux" ? it : it.skip;
  onLinux("still holds what it acknowledged, as docs/recovery.md says how to take it out", async () => {
    const { path, child, create, get } = await aRunningService();
    for (let calls = 0; calls < 3; calls++) expect(await create()).toBe(201);
    unlinkSync(path);
    await until(503, () => get("/readyz"));
    const files = `/proc/${child.process.pid}/fd`;
    const take = (name: string, target: string) => {
      const open = readdirSync(files).find((file) => readlinkSync(join(files, file)).startsWith(name));
      copyFileSync(join(files, open ?? "none"), target);
    };
    const saved = join(folder, "saved.db");
    take(`${path} (deleted)`, saved);
    take(`${path}-wal`, `${saved}-wal`);
    await stop(child);
    expect(verdictOn(saved)).toBe("ok");
    expect(await namesIn(saved)).toHaveLength(4);
    const restored = join(folder, "restored.db");
    const restoring = startLatchkey(["restore", saved, "--yes"], { DATABASE_URL: `sqlite:${restored}` });
    expect(await restoring.ended).toMatchObject({ code: 0 });
    expect(await namesIn(restored)).toHaveLength(4);
  });
});
