import { chmodSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { createServer as createTcpServer, type Server } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { portOf } from "../../../src/service/start.ts";
import { ruinRows } from "../../support/databases.ts";
import { runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let made = 0;

type Environment = Readonly<Record<string, string>>;

/** Settings with a database of their own, which has a client. Nothing listens at port 1. */
async function anInstallation(more: Environment = {}) {
  const path = join(folder, `${++made}.db`);
  const environment = { PORT: "1", DATABASE_URL: `sqlite:${path}`, ...more };
  await runCaptured(["clients", "create", "acme"], { environment: { DATABASE_URL: environment.DATABASE_URL } });
  return { path, environment };
}

/** What the doctor says about one thing. */
async function verdictOn(check: string, environment: Environment) {
  const { code, out } = await runCaptured(["doctor", "--json"], { environment });
  const { checks } = JSON.parse(out);
  return { code, ...checks.find((one: { readonly check: string }) => one.check === check) };
}

async function listening(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return String(portOf(server));
}

const tamper = (path: string, work: string) => {
  const file = new DatabaseSync(path);
  file.exec(work);
  file.close();
};

describe("latchkey doctor", () => {
  it("lists what is in order, and what is not with its fix", async () => {
    const { environment } = await anInstallation();
    const { code, out, err } = await runCaptured(["doctor"], { environment });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^ok {7}contract {5}the built-in contract: \d+ operations$/m);
    expect(out).toMatch(/^ok {7}integrity {4}SQLite's quick check finds no damage$/m);
    expect(out).toMatch(/^warning {2}backup {7}no backup of this database is known\n {22}→ .+ backup FILE, every day/m);
    expect(out).toMatch(/\n\nNo problems, 1 warning\.\n$/);
  });

  it("reports every mistake in the settings, and fails", async () => {
    const { code, out, err } = await runCaptured(["doctor"], { environment: { PORT: "http", LOG_LEVEL: "loud" } });
    expect({ code, err }).toEqual({ code: 1, err: "2 problems.\n" });
    expect(out).toMatch(
      /^problem {2}settings {5}PORT is not valid: .+\nproblem {2}settings {5}LOG_LEVEL is not valid: /,
    );
  });

  it("reports a contract that stops the start", async () => {
    const file = join(folder, "diary.yaml");
    writeFileSync(file, "dear: diary\n");
    const { environment } = await anInstallation({ LATCHKEY_CONTRACT: file });
    expect(await verdictOn("contract", environment)).toMatchObject({
      code: 1,
      verdict: "problem",
      fact: expect.stringMatching(/stop the start, the first in .+diary\.yaml:1: /),
      cure: expect.stringMatching(/contract check .+diary\.yaml$/),
    });
  });

  it("does not create a database", async () => {
    const environment = { PORT: "1", DATABASE_URL: `sqlite:${join(folder, "absent.db")}` };
    for (let time = 0; time < 2; time++) {
      expect(await verdictOn("database", environment)).toMatchObject({ code: 0, verdict: "warning" });
    }
  });

  it.each([
    ["of another application", "DELETE FROM kysely_migration; PRAGMA application_id = 7", /of another application/],
    ["of a newer version", "INSERT INTO kysely_migration VALUES ('9999-later', '')", /newer version.+9999-later/],
    ["without its tables", "DROP TABLE keys", /is damaged \(.*keys/],
  ])("reports a database %s", async (_, work, fact) => {
    const { path, environment } = await anInstallation();
    tamper(path, `PRAGMA foreign_keys = OFF; ${work}`);
    expect(await verdictOn("database", environment)).toMatchObject({
      code: 1,
      verdict: "problem",
      fact: expect.stringMatching(fact),
      cure: expect.any(String),
    });
  });

  it("finds damage inside of a database", async () => {
    const { path, environment } = await anInstallation();
    ruinRows(path, "clients");
    expect(await verdictOn("integrity", environment)).toMatchObject({
      code: 1,
      verdict: "problem",
      fact: expect.stringMatching(/^the database is damaged \(/),
      cure: expect.stringContaining("docs/recovery.md"),
    });
  });

  it("says that an older schema is upgraded, and does not do it", async () => {
    const { path, environment } = await anInstallation();
    tamper(path, "DELETE FROM kysely_migration WHERE name LIKE '0013%'");
    expect(await verdictOn("database", environment)).toMatchObject({
      verdict: "ok",
      fact: expect.stringMatching(/its schema is older, and the next start upgrades it$/),
    });
  });

  it("reports files that other users can read", async () => {
    const { path, environment } = await anInstallation();
    chmodSync(path, 0o644);
    expect(await verdictOn("permissions", environment)).toMatchObject({
      code: 0,
      verdict: "warning",
      fact: expect.stringContaining("(mode 644)"),
      cure: `chmod 600 ${path}`,
    });
  });

  it("reports another program at the address of the service", async () => {
    const [web, silent] = [
      createServer((_, response) => response.end("hello")),
      createTcpServer((socket) => socket.end()),
    ];
    for (const server of [web, silent]) {
      const { environment } = await anInstallation({ PORT: await listening(server) });
      expect(await verdictOn("service", environment)).toMatchObject({
        code: 1,
        verdict: "problem",
        fact: expect.stringMatching(/^another program listens at /),
        cure: expect.stringMatching(/serve --port 9000$/),
      });
      server.close();
    }
  });

  it("finds the service of this database, and one of another", async () => {
    const { environment } = await anInstallation({ PORT: "0" });
    const service = startProgram(["serve"], { environment, isTerminal: true });
    const [, port = ""] = await service.out.until(/listens on http:\/\/127\.0\.0\.1:(\d+)/);
    expect(await verdictOn("service", { ...environment, PORT: port })).toMatchObject({
      code: 0,
      verdict: "ok",
      fact: expect.stringMatching(/is ready$/),
    });
    expect(await verdictOn("service", { ...environment, PORT: "1" })).toMatchObject({
      verdict: "warning",
      fact: expect.stringMatching(/^a service runs on this database, and not at /),
    });
    const { environment: other } = await anInstallation({ PORT: port });
    expect(await verdictOn("service", other)).toMatchObject({
      code: 1,
      verdict: "problem",
      fact: expect.stringMatching(/runs on another database$/),
    });
    service.stop();
    await service.finished;
  }, 60_000);

  it("reports an upstream that does not respond", async () => {
    const file = join(folder, "api.yaml");
    writeFileSync(file, "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths: {}\n");
    const more = { LATCHKEY_CONTRACT: file, LATCHKEY_UPSTREAM: "http://127.0.0.1:1" };
    const { environment } = await anInstallation(more);
    expect(await verdictOn("upstream", environment)).toMatchObject({ verdict: "problem", cure: expect.any(String) });
    const server = createServer((_, response) => response.writeHead(404).end());
    const LATCHKEY_UPSTREAM = `http://127.0.0.1:${await listening(server)}`;
    expect(await verdictOn("upstream", { ...environment, LATCHKEY_UPSTREAM })).toMatchObject({ verdict: "ok" });
    server.close();
  });

  it("reports a clock that is behind", async () => {
    const { path, environment } = await anInstallation();
    tamper(path, `UPDATE store_state SET seen_at = ${Date.now() + 3_600_000}`);
    expect(await verdictOn("clock", environment)).toMatchObject({ code: 1, verdict: "problem" });
  });

  it("knows the last backup, and when it is old", async () => {
    const { path, environment } = await anInstallation();
    const file = join(folder, `${made}.backup`);
    await runCaptured(["backup", file], { environment });
    expect(await verdictOn("backup", environment)).toMatchObject({
      verdict: "ok",
      fact: `the last backup was taken just now: ${file}`,
    });
    tamper(path, `UPDATE store_state SET backed_up_at = ${Date.now() - 8 * 86_400_000}`);
    expect(await verdictOn("backup", environment)).toMatchObject({
      verdict: "warning",
      fact: `the last backup was taken 8 days ago: ${file}`,
    });
  });
});

describe("latchkey status", () => {
  it("says what is in force, as a sheet or as JSON", async () => {
    const { path, environment } = await anInstallation();
    const { code, out, err } = await runCaptured(["status"], { environment });
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^contract {5}built in: \d+ operations$/m);
    expect(out).toContain(`database     ${path}: 1 client, 0 keys\n`);
    expect(out).toMatch(/^service {6}none at http:\/\/127\.0\.0\.1:1$/m);
    expect(JSON.parse((await runCaptured(["status", "--json"], { environment })).out)).toEqual({
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      settings: { file: null },
      contract: { file: null, operations: expect.any(Number), warnings: 0, findings: 0 },
      upstream: null,
      database: { state: "usable", path, clients: 1, keys: 0 },
      service: { state: "nothing", url: "http://127.0.0.1:1", ready: null, onThisDatabase: false },
      lastBackup: null,
    });
  });

  it("creates no database", async () => {
    const environment = { PORT: "1", DATABASE_URL: `sqlite:${join(folder, "none.db")}` };
    for (let time = 0; time < 2; time++) {
      expect((await runCaptured(["status"], { environment })).out).toContain("none.db, which does not exist yet\n");
    }
  });
});
