import { Agent } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../../support/process/child.ts";
import { keepRequesting, requestOn } from "../../support/wire/keep-requesting.ts";

const ROUNDS = 20;
const CLIENTS = 50;

describe(`SIGTERM under ${CLIENTS} clients that keep their connections, ${ROUNDS} times,`, () => {
  it("cuts off no client, and ends with exit code 0", async () => {
    let failures = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: "sqlite::memory:" });
      const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
      const clients = Array.from({ length: CLIENTS }, () => keepRequesting(`${url}/healthz`));
      await Promise.all(Array.from({ length: CLIENTS }, () => requestOn(`${url}/healthz`, new Agent())));
      child.process.kill("SIGTERM");
      const seen = await Promise.all(clients);
      expect((await child.ended).code).toBe(0);
      expect(seen.every(({ responses, wasTold }) => responses > 0 && wasTold)).toBe(true);
      failures += seen.reduce((sum, one) => sum + one.failures, 0);
    }
    expect(failures).toBe(0);
  });

  it("takes the service out of rotation before it stops listening", async () => {
    const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: "sqlite::memory:" });
    const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
    const agent = new Agent({ keepAlive: true });
    expect((await requestOn(`${url}/readyz`, agent)).status).toBe(200);
    child.process.kill("SIGTERM");
    const statuses = new Set<number>();
    await (async () => {
      for (;;) statuses.add((await requestOn(`${url}/readyz`, agent)).status);
    })().catch(() => {});
    expect(statuses).toContain(503);
    expect((await child.ended).code).toBe(0);
  });
});
