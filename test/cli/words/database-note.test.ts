import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { type Child, LATCHKEY, startChild } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const root = temporaryFolder();
const CREATE = "keys create --client acme --create-client --scope data:read --json";

let count = 0;
/** A place of its own: a working directory, and a folder for the records of this user. */
function aPlace() {
  const folder = join(root, String(++count));
  const XDG_RUNTIME_DIR = join(folder, "run");
  mkdirSync(XDG_RUNTIME_DIR, { recursive: true, mode: 0o700 });
  const database = (name: string) => join(folder, name);
  const environment = (name: string) => ({ XDG_RUNTIME_DIR, DATABASE_URL: `sqlite:${database(name)}`, PORT: "0" });
  const run = (name: string, words: string) =>
    startChild([...LATCHKEY, ...words.split(" ")], environment(name), folder).ended;
  const serve = async (name: string, more: Readonly<Record<string, string>> = {}) => {
    const child = startChild([...LATCHKEY, "serve"], { ...environment(name), ...more }, folder);
    const [, url = ""] = await child.out.until(/"url":"([^"]+)","docs"/);
    return { child, url, pid: child.process.pid };
  };
  const records = () => readdirSync(join(XDG_RUNTIME_DIR, "latchkey"));
  const beside = () => readdirSync(folder).filter((name) => name.includes("-service-"));
  return { folder, database, run, serve, records, beside, runtime: join(XDG_RUNTIME_DIR, "latchkey") };
}

async function end({ process, ended }: Child, signal: "SIGTERM" | "SIGKILL" = "SIGTERM") {
  process.kill(signal);
  await ended;
}

describe("a command that writes", () => {
  it("says which database it wrote to, and that it is new", async () => {
    const { run, database } = aPlace();
    const first = await run("a.db", CREATE);
    expect(first).toMatchObject({ code: 0, err: `Wrote to ${database("a.db")}, which is a new database.\n` });
    const { key } = JSON.parse(first.out);
    for (const words of [
      `keys disable ${key.id}`,
      `keys enable ${key.id}`,
      `keys update ${key.id} --name other`,
      `keys limits ${key.id} --unlimited`,
      `keys rotate ${key.id}`,
      "clients create other",
      "clients update other --name another",
      "clients disable another",
      "clients revoke-keys acme --yes",
    ]) {
      expect(await run("a.db", words)).toMatchObject({ code: 0, err: `Wrote to ${database("a.db")}.\n` });
    }
  });

  it("does not say so when it was refused", async () => {
    const { run } = aPlace();
    await run("a.db", CREATE);
    const { code, err } = await run("a.db", "keys revoke key_4Tz0ZkX0b1TnVd4sWcYe --yes");
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^Unknown key [^\n]+\n$/) });
  });
});

describe("a command that reads", () => {
  it("says only that a database is new, which it then has nothing to show from", async () => {
    const { run, database } = aPlace();
    expect(await run("b.db", "keys list")).toEqual({
      code: 0,
      out: "There are no keys yet.\n",
      err: `${database("b.db")} is a new database.\n`,
    });
    expect(await run("b.db", "keys list")).toMatchObject({ code: 0, err: "" });
  });
});

describe("a service", () => {
  it("is mentioned by commands that use another database than it does", async () => {
    const { run, serve, database, records, runtime, folder } = aPlace();
    const { child, url, pid } = await serve("served.db");
    const note = `Note: the service at ${url} (process ${pid}) runs on another database: DATABASE_URL=sqlite:${database("served.db")}\n`;
    expect((await run("other.db", CREATE)).err).toBe(
      `Wrote to ${database("other.db")}, which is a new database.\n${note}`,
    );
    expect((await run("other.db", "keys list")).err).toBe(note);
    expect((await run("other.db", "keys show key_4Tz0ZkX0b1TnVd4sWcYe")).err).toMatch(/^Note: .+\nUnknown key /);
    expect((await run("served.db", "keys list")).err).toBe("");
    symlinkSync(database("served.db"), join(folder, "link.db"));
    expect((await run("link.db", "keys list")).err).toBe("");

    const [name = ""] = records();
    expect(statSync(runtime).mode & 0o777).toBe(0o700);
    expect(statSync(join(runtime, name)).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(join(runtime, name), "utf8"))).toMatchObject({ pid, url });
    await end(child);
    expect(records()).toEqual([]);
    expect((await run("other.db", "keys list")).err).toBe("");
  });

  it("that keeps its database in memory is mentioned too", async () => {
    const { run, serve } = aPlace();
    const { child, url, pid } = await serve("", { DATABASE_URL: "sqlite::memory:" });
    expect((await run("a.db", "clients create acme")).err).toContain(
      `Note: the service at ${url} (process ${pid}) keeps its database in memory, which commands cannot reach.\n`,
    );
    await end(child);
  });

  it("that was killed is not mentioned, and what it left is removed", async () => {
    const { run, serve, records, beside } = aPlace();
    const { child } = await serve("served.db");
    await end(child, "SIGKILL");
    expect([records(), beside()]).toEqual([[expect.any(String)], [expect.any(String)]]);
    expect((await run("other.db", "clients create a")).err).not.toContain("Note");
    expect(records()).toEqual([]);
    const next = await serve("served.db");
    expect(next.child.out.text()).not.toContain("another service");
    expect(beside()).toHaveLength(1);
    await end(next.child);
    expect(beside()).toEqual([]);
  });

  it("says at its start that another one runs on its database", async () => {
    const { serve } = aPlace();
    const first = await serve("a.db");
    const second = await serve("a.db");
    const line = second.child.out
      .text()
      .split("\n")
      .find((text) => text.includes("another service runs on this database"));
    expect(JSON.parse(line ?? "{}")).toMatchObject({ level: 40, otherProcess: first.pid, otherUrl: first.url });
    expect(first.child.out.text()).not.toContain("another service");
    await Promise.all([end(first.child), end(second.child)]);
  });

  it("does not take its own workers for another one", async () => {
    const { serve, beside } = aPlace();
    const { child } = await serve("a.db", { LATCHKEY_WORKERS: "2" });
    expect(child.out.text()).not.toContain("another service");
    expect(beside()).toHaveLength(1);
    await end(child);
  });

  it("starts where no record can be written", async () => {
    const { serve, folder } = aPlace();
    writeFileSync(join(folder, "file"), "");
    const { child, url } = await serve("a.db", { XDG_RUNTIME_DIR: join(folder, "file") });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await end(child);
  });
});

describe("the records of services", () => {
  const RECORD = { pid: 1, processStart: "1", database: "/x.db", url: "http://a.test", startedAt: "" };

  it("of another container count while they are touched", async () => {
    const { run, runtime } = aPlace();
    mkdirSync(runtime, { mode: 0o700 });
    const record = join(runtime, "a.json");
    writeFileSync(record, JSON.stringify({ ...RECORD, machine: "elsewhere" }));
    expect((await run("a.db", "clients create a")).err).toContain("Note: the service at http://a.test (process 1)");
    utimesSync(record, 1, 1);
    expect((await run("a.db", "clients create b")).err).not.toContain("Note");
  });

  it.each([
    ["nonsense", "{"],
    ["of another kind", "[]"],
    ["with a process number that is none", JSON.stringify({ ...RECORD, machine: "x", pid: -1 })],
    ["of a process whose number another one has now", JSON.stringify({ ...RECORD, machine: "here" })],
  ])("that are %s count for nothing", async (_what, text) => {
    const { run, runtime, serve } = aPlace();
    const { child } = await serve("a.db");
    const [own = ""] = readdirSync(runtime);
    const { machine } = JSON.parse(readFileSync(join(runtime, own), "utf8"));
    await end(child);
    writeFileSync(join(runtime, "a.json"), text.replace('"here"', JSON.stringify(machine)));
    expect((await run("a.db", "clients create a")).err).not.toContain("Note");
  });

  it("are not believed in a folder that others can write to", async () => {
    const { run, runtime } = aPlace();
    mkdirSync(runtime, { mode: 0o700 });
    writeFileSync(join(runtime, "a.json"), JSON.stringify({ ...RECORD, machine: "elsewhere" }));
    const { chmodSync } = await import("node:fs");
    chmodSync(runtime, 0o777);
    expect((await run("a.db", "clients create a")).err).not.toContain("Note");
  });
});
