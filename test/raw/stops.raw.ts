import { once } from "node:events";
import { Agent } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { describe, expect, it } from "@jest/globals";
import { type Child, startChild, startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { askOn } from "../support/wire/keep-asking.ts";

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

/** Sends a signal until the process ends: one that comes too soon after the first counts as the same. */
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

/** A connection that has had an answer, and is kept. */
async function keptConnection(url: string) {
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  socket.write("GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
  await once(socket, "data");
  socket.resume().on("error", () => {});
  return socket;
}

describe("SIGTERM", () => {
  it.each([1, 2])(
    "while another process holds the database, ends %i processes with what is lost and exit code 1",
    async (workers) => {
      const { path, environment } = settings({ LATCHKEY_WORKERS: String(workers) });
      const child = startLatchkey(["serve"], environment);
      const url = await urlOf(child);
      const other = new DatabaseSync(path, { timeout: 10_000 });
      other.exec("BEGIN IMMEDIATE");
      const agent = new Agent();
      for (let count = 0; count < 25; count++) expect((await askOn(`${url}/data`, agent)).status).toBe(401);
      child.process.kill("SIGTERM");
      // Held until it has ended, so it did not wait for that.
      const { code, out, err } = await child.ended;
      other.exec("ROLLBACK");
      other.close();
      expect(code).toBe(1);
      expect(err).toContain("Counts are lost (25 responses are missing in usage, 0 units in quotas)");
      expect(out).toContain('"msg":"counts are lost');
      expect(out).toContain('"msg":"stopped"');
      // Jobs that were under way end with the store, and have nothing to tell.
      expect(out).not.toContain("has already been destroyed");
      expect(out.trimEnd().split("\n").at(-1)).toContain('"msg":"stopped"');
    },
  );

  it("with a full store says what is lost, and ends with exit code 1", async () => {
    const { environment } = settings();
    // A file may not be larger than 1 MiB, here in blocks of 512 bytes.
    const command = `ulimit -f 2048; exec "$0" "$@"`;
    const service = [process.execPath, join(import.meta.dirname, "../../src/cli/main.ts"), "serve"];
    const child = startChild(["sh", "-c", command, ...service], environment);
    const url = await urlOf(child);
    const agent = new Agent({ keepAlive: true });
    while (!child.out.text().includes("usage cannot be written")) await askOn(`${url}/data`, agent);
    for (let count = 0; count < 25; count++) await askOn(`${url}/data`, agent);
    agent.destroy();
    child.process.kill("SIGTERM");
    const { code, err } = await child.ended;
    const [, responses] = /Counts are lost \((\d+) responses/.exec(err) ?? [];
    expect(code).toBe(1);
    expect(Number(responses)).toBeGreaterThanOrEqual(25);
  });

  it.each([1, 2])("twice ends %i processes at once, with a line", async (workers) => {
    const child = startLatchkey(["serve"], settings({ LATCHKEY_WORKERS: String(workers) }).environment);
    const kept = await keptConnection(await urlOf(child));
    const { code, err } = await signalUntilEnded(child, "SIGTERM");
    kept.destroy();
    expect({ code, err }).toEqual({
      code: 1,
      err: "SIGTERM received again: ended at once, requests in progress were cut off.\n",
    });
  });

  it("refuses clients that connect for each request, instead of resetting them", async () => {
    const ROUNDS = 5;
    const codes: Record<string, number> = {};
    for (let round = 0; round < ROUNDS; round++) {
      const child = startLatchkey(["serve"], settings().environment);
      const url = await urlOf(child);
      let answers = 0;
      const callers = Array.from({ length: 20 }, async () => {
        for (let code = ""; code !== "ECONNREFUSED"; ) {
          await askOn(`${url}/healthz`, new Agent()).then(
            () => answers++,
            (error: NodeJS.ErrnoException) => {
              code = error.code ?? "";
              codes[code] = (codes[code] ?? 0) + 1;
            },
          );
        }
      });
      while (answers < 200) await wait(10);
      child.process.kill("SIGTERM");
      expect((await child.ended).code).toBe(0);
      await Promise.all(callers);
    }
    const { ECONNREFUSED, ...others } = codes;
    expect(ECONNREFUSED).toBe(20 * ROUNDS);
    // In the queue of the system is room for one, and it may come in the very moment.
    expect(Object.values(others).reduce((sum, one) => sum + one, 0)).toBeLessThanOrEqual(ROUNDS);
  });
});

describe("SIGHUP", () => {
  const certificates = join(import.meta.dirname, "../support/certificates");
  const tls = {
    LATCHKEY_TLS_CERT: join(certificates, "first.cert.pem"),
    LATCHKEY_TLS_KEY: join(certificates, "first.key.pem"),
  };

  it.each([
    [1, 1],
    [2, 2],
  ])("makes %i processes read their certificate again, and go on", async (workers, reloads) => {
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
