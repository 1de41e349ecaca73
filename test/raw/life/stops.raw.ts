import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { type Child, startChild, startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { requestOn } from "../../support/wire/keep-requesting.ts";

const folder = temporaryFolder();
let made = 0;

function settings(more: Record<string, string> = {}) {
  const path = join(folder, `${++made}.db`);
  return { path, environment: { PORT: "0", DATABASE_URL: `sqlite:${path}`, ...more } };
}

async function urlOf({ out }: Child): Promise<string> {
  const [, url = ""] = await out.until(/"url":"([^"]+)"/);
  return url;
}

/** Sends a signal until the process ends, because one that follows the first too soon is ignored. */
async function signalUntilEnded({ process, ended }: Child, signal: NodeJS.Signals) {
  let isOver = false;
  const end = ended.finally(() => {
    isOver = true;
  });
  while (!isOver) {
    process.kill(signal);
    await wait(200);
  }
  return end;
}

/** A connection that has received a response and stays open. */
async function keptConnection(url: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(socket, "data");
  socket.resume().on("error", () => {});
  return socket;
}

describe("SIGTERM", () => {
  it.each([1, 2])(
    "ends %i processes while another process holds the database, with a report of lost counts and exit code 1",
    async (workers) => {
      const { path, environment } = settings({ LATCHKEY_WORKERS: String(workers) });
      const child = startLatchkey(["serve"], environment);
      const url = await urlOf(child);
      const other = new DatabaseSync(path, { timeout: 10_000 });
      other.exec("BEGIN IMMEDIATE");
      const agent = new Agent();
      for (let count = 0; count < 25; count++) expect((await requestOn(`${url}/data`, agent)).status).toBe(401);
      child.process.kill("SIGTERM");
      // The database is held until the end, so the service did not wait for it.
      const { code, out, err } = await child.ended;
      other.exec("ROLLBACK");
      other.close();
      expect(code).toBe(1);
      expect(err).toContain("Counts are lost (25 responses are missing in usage, 0 units in quotas)");
      expect(out).toContain('"msg":"counts are lost');
      expect(out).toContain('"msg":"stopped"');
      // Jobs that were running end with the store, and log nothing.
      expect(out).not.toContain("has already been destroyed");
      expect(out.trimEnd().split("\n").at(-1)).toContain('"msg":"stopped"');
    },
  );

  it("with a full disk, reports lost counts and ends with exit code 1", async () => {
    const { environment } = settings();
    // The limit for files is 1 MiB, in blocks of 512 bytes.
    const command = `ulimit -f 2048; exec "$0" "$@"`;
    const service = [process.execPath, join(import.meta.dirname, "../../../src/cli/main.ts"), "serve"];
    const child = startChild(["sh", "-c", command, ...service], environment);
    const url = await urlOf(child);
    const agent = new Agent({ keepAlive: true });
    while (!child.out.text().includes("usage cannot be written")) await requestOn(`${url}/data`, agent);
    for (let count = 0; count < 25; count++) await requestOn(`${url}/data`, agent);
    agent.destroy();
    child.process.kill("SIGTERM");
    const { code, err } = await child.ended;
    const [, responses] = /Counts are lost \((\d+) responses/.exec(err) ?? [];
    expect(code).toBe(1);
    expect(Number(responses)).toBeGreaterThanOrEqual(25);
  });

  it.each([1, 2])("sent twice, ends %i processes at once, with one line", async (workers) => {
    const child = startLatchkey(["serve"], settings({ LATCHKEY_WORKERS: String(workers) }).environment);
    const kept = await keptConnection(await urlOf(child));
    const { code, err } = await signalUntilEnded(child, "SIGTERM");
    kept.destroy();
    expect({ code, err }).toEqual({
      code: 1,
      err: "SIGTERM received again: ended at once, requests in progress were cut off.\n",
    });
  });

  it("lets new connections be refused, not reset", async () => {
    const ROUNDS = 5;
    const codes: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      const child = startLatchkey(["serve"], settings().environment);
      const url = await urlOf(child);
      let responses = 0;
      const callers = Array.from({ length: 20 }, async () => {
        for (let code = ""; code !== "ECONNREFUSED"; ) {
          await requestOn(`${url}/healthz`, new Agent()).then(
            () => responses++,
            (error: NodeJS.ErrnoException) => {
              code = error.code ?? "";
              codes[code] = (codes[code] ?? 0) + 1;
            },
          );
        }
      });
      while (responses < 200) await wait(10);
      child.process.kill("SIGTERM");
      expect((await child.ended).code).toBe(0);
      await Promise.all(callers);
    }
    const { ECONNREFUSED, ...others } = codes;
    expect(ECONNREFUSED).toBe(20 * ROUNDS);
    // The listen queue may hold one connection at the very moment when it closes.
    expect(Object.values(others).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(ROUNDS);
  });
});

describe("SIGHUP", () => {
  const certificates = join(import.meta.dirname, "../../support/certificates");
  const tls = {
    LATCHKEY_TLS_CERT: join(certificates, "first.cert.pem"),
    LATCHKEY_TLS_KEY: join(certificates, "first.key.pem"),
  };

  it.each([
    [1, 1],
    [2, 2],
  ])("makes %i processes reload their certificate", async (workers, reloads) => {
    const child = startLatchkey(["serve"], settings({ LATCHKEY_WORKERS: String(workers), ...tls }).environment);
    await urlOf(child);
    child.process.kill("SIGHUP");
    const reloaded = () => child.out.text().match(/"msg":"certificate reloaded"/g) ?? [];
    while (reloaded().length < reloads) await wait(20);
    expect(child.out.text()).toContain("asked to reload");
    child.process.kill("SIGTERM");
    expect((await child.ended).code).toBe(0);
  });
});
