import { Agent, get } from "node:http";
import { describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../support/child.ts";

const ROUNDS = 20;
const CLIENTS = 50;

type Answered = { readonly status: number; readonly isLast: boolean };

function ask(url: string, agent: Agent): Promise<Answered> {
  return new Promise((resolve, reject) => {
    get(url, { agent }, (res) => {
      res.resume();
      res.on("end", () => resolve({ status: res.statusCode ?? 0, isLast: res.headers.connection === "close" }));
    }).on("error", reject);
  });
}

/** Asks again and again on one connection until it is told to go elsewhere; counts what was answered and what not. */
async function keepAsking(url: string) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = { answers: 0, failures: 0, wasTold: false };
  while (!seen.wasTold && seen.failures === 0) {
    try {
      const { status, isLast } = await ask(url, agent);
      if (status === 200) seen.answers++;
      else seen.failures++;
      seen.wasTold = isLast;
    } catch {
      seen.failures++;
    }
  }
  agent.destroy();
  return seen;
}

describe(`SIGTERM under ${CLIENTS} clients that keep their connections, ${ROUNDS} times,`, () => {
  it("cuts nobody off, and ends with exit code 0", async () => {
    let failures = 0;
    for (let round = 0; round < ROUNDS; round++) {
      const child = startLatchkey(["serve"], { PORT: "0", DATABASE_URL: "sqlite::memory:" });
      const [, url = ""] = await child.out.until(/"url":"([^"]+)"/);
      const clients = Array.from({ length: CLIENTS }, () => keepAsking(`${url}/healthz`));
      await Promise.all(Array.from({ length: CLIENTS }, () => ask(`${url}/healthz`, new Agent())));
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
    expect((await ask(`${url}/readyz`, agent)).status).toBe(200);
    child.process.kill("SIGTERM");
    const statuses = new Set<number>();
    await (async () => {
      for (;;) statuses.add((await ask(`${url}/readyz`, agent)).status);
    })().catch(() => {});
    expect(statuses).toContain(503);
    expect((await child.ended).code).toBe(0);
  });
});
