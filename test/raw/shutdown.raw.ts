import { Agent } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../support/process/child.ts";
import { askOn, keepAsking } from "../support/wire/keep-asking.ts";

const ROUNDS = 20;
const CLIENTS = 50;

describe(`SIGTERM under ${CLIENTS} clients that keep their connections, ${ROUNDS} times,`, () => {
  it("cuts nobody off, and ends with exit code 0", async () => {
    let failures = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: "sqlite::memory:" });
      const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
      const clients = Array.from({ length: CLIENTS }, () => keepAsking(`${url}/healthz`));
      await Promise.all(Array.from({ length: CLIENTS }, () => askOn(`${url}/healthz`, new Agent())));
      child.process.kill("SIGTERM");
      const seen = await Promise.all(clients);
      expect((await child.ended).code).toBe(0);
      expect(seen.every(({ answers, wasTold }) => answers > 0 && wasTold)).toBe(true);
      failures += seen.reduce((sum, one) => sum + one.failures, 0);
    }
    expect(failures).toBe(0);
  });

  it("takes the service out of rotation before it stops listening", async () => {
    const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: "sqlite::memory:" });
    const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
    const agent = new Agent({ keepAlive: true });
    expect((await askOn(`${url}/readyz`, agent)).status).toBe(200);
    child.process.kill("SIGTERM");
    const statuses = new Set<number>();
    await (async () => {
      for (;;) statuses.add((await askOn(`${url}/readyz`, agent)).status);
    })().catch(() => {});
    expect(statuses).toContain(503);
    expect((await child.ended).code).toBe(0);
  });
});
