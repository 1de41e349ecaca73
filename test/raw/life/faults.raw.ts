import { execFileSync } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { actionsOn, SCOPES } from "../../support/builders.ts";
import { inDatabase, namesIn, verdictOn } from "../../support/databases.ts";
import { type Child, LATCHKEY, startChild } from "../../support/process/child.ts";
import { findProgram } from "../../support/programs/debian.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder(tmpdir());
let made = 0;

/** The real service with a limit or fault that a shell or a preloaded library causes. */
async function aService(options: {
  readonly ulimit?: string;
  readonly environment?: Readonly<Record<string, string>>;
}) {
  const path = join(folder, `${++made}.db`);
  const secret = await inDatabase(path, async (db) => {
    const deps = actionsOn(db);
    await registerClient({ name: "admin", plan: undefined }, deps);
    const wanted = { client: "admin", name: "admin", scopes: SCOPES, environment: "live", expiresAt: null } as const;
    const outcome = await issueKey(wanted, OPERATOR_AUTHORITY, deps);
    return outcome.kind === "issued" ? outcome.secret : "";
  });
  const { ulimit = "true", environment = {} } = options;
  const command = ["sh", "-c", `${ulimit}; exec "$@"`, "sh", ...LATCHKEY, "serve"];
  const child = startChild(command, { PORT: "0", DATABASE_URL: `sqlite:${path}`, ...environment });
  const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
  const headers = { "x-api-key": secret, "content-type": "application/json", connection: "close" };
  const request = async (at: string, method = "GET", body?: string) => {
    const init = body === undefined ? { method, headers } : { method, headers, body };
    return fetch(`${url}${at}`, init).then(async (response) => {
      await response.arrayBuffer();
      return response.status;
    });
  };
  const acknowledged: string[] = [];
  /** Registers a client, and remembers its name if that was acknowledged. @returns the status. */
  const create = async (notes = "") => {
    const name = `client-${++made}`;
    const status = await request("/v1/clients", "POST", JSON.stringify({ name, metadata: { notes } }));
    if (status === 201) acknowledged.push(name);
    return status;
  };
  return { path, url, child, request, create, acknowledged };
}

async function kill({ process, ended }: Child) {
  process.kill("SIGKILL");
  await ended;
}

/** After a kill, everything that was acknowledged is in the file, and the file is intact. */
async function expectKept({ path, child, acknowledged }: Awaited<ReturnType<typeof aService>>) {
  await kill(child);
  expect(await namesIn(path)).toEqual(expect.arrayContaining(acknowledged));
  expect(verdictOn(path)).toBe("ok");
}

describe("a service that may open 64 files", () => {
  it("serves the clients that it can, and loses nothing", async () => {
    const service = await aService({ ulimit: "ulimit -n 64" });
    const { hostname, port } = new URL(service.url);
    const idle: Socket[] = Array.from({ length: 200 }, () => connect(Number(port), hostname).on("error", () => {}));
    await Promise.all(idle.map((socket) => Promise.race([once(socket, "connect"), once(socket, "close")])));
    // While no file can be opened, the check of the database file must not take that for a lost file.
    await wait(2_000);
    for (const socket of idle) socket.destroy();
    const statuses: number[] = [];
    while (!statuses.includes(201)) statuses.push(await service.create().catch(() => 0));
    expect(await service.request("/data")).toBe(200);
    expect(await service.request("/readyz")).toBe(200);
    expect(service.child.out.text()).not.toContain("the database file is lost");
    await expectKept(service);
  });
});

describe("a service whose database another process holds locked for ten seconds", () => {
  it("reads as before, refuses or delays changes, and accepts them again afterwards", async () => {
    const service = await aService({});
    const other = new DatabaseSync(service.path);
    other.exec("BEGIN IMMEDIATE");
    const changes = Array.from({ length: 5 }, () => service.create());
    const until = performance.now() + 10_000;
    while (performance.now() < until) {
      expect(await service.request("/data")).toBe(200);
      expect(await service.request("/readyz")).toBe(200);
      await wait(100);
    }
    other.exec("ROLLBACK");
    other.close();
    // Refused after five seconds, or carried out if a busy machine needed longer to refuse.
    for (const status of await Promise.all(changes)) expect([201, 503]).toContain(status);
    expect(await service.create()).toBe(201);
    await expectKept(service);
  });
});

describe("a service whose files cannot grow", () => {
  it("responds to changes with 503, reads as before, and recovers once there is room", async () => {
    const service = await aService({ ulimit: "ulimit -S -f 1024" });
    const statuses: number[] = [];
    while (statuses.at(-1) !== 503) statuses.push(await service.create("x".repeat(500)));
    expect(statuses[0]).toBe(201);
    expect(await service.request("/data")).toBe(200);
    expect(await service.request("/healthz")).toBe(200);
    execFileSync(findProgram("prlimit"), [`--pid=${service.child.process.pid}`, "--fsize=unlimited"]);
    expect(await service.create()).toBe(201);
    expect(service.child.out.text()).not.toContain("the database file is lost");
    await expectKept(service);
  });
});

describe("a service for which one in twenty flushes to disk fails", () => {
  it("acknowledges nothing that it loses", async () => {
    const library = join(folder, "failing-fsync.so");
    const source = join(import.meta.dirname, "../../support/process/failing-fsync.c");
    execFileSync(findProgram("cc"), ["-shared", "-fPIC", "-O2", "-o", library, source]);
    const environment = { LD_PRELOAD: library, FSYNC_FAILS_ONE_IN: "20" };
    const service = await aService({ environment });
    const counts = new Map<number, number>();
    for (let changes = 0; changes < 300; changes++) {
      const status = await service.create();
      counts.set(status, (counts.get(status) ?? 0) + 1);
      expect([201, 503]).toContain(status);
    }
    expect(counts.get(201)).toBeGreaterThan(0);
    // Without a failure the test would show nothing.
    expect(counts.get(503)).toBeGreaterThan(0);
    expect(await service.request("/data")).toBe(200);
    expect(service.child.out.text()).not.toContain("the database file is lost");
    await expectKept(service);
  });
});
