import { Agent, get } from "node:http";

type Answered = { readonly status: number; readonly isLast: boolean };

/** Asks once, on a connection of `agent`. */
export function askOn(url: string, agent: Agent, headers: Readonly<Record<string, string>> = {}): Promise<Answered> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (res) => {
      res.resume();
      res.on("end", () => resolve({ status: res.statusCode ?? 0, isLast: res.headers.connection === "close" }));
    }).on("error", reject);
  });
}

/** Asks again and again on one connection until it is told to go elsewhere; counts what was answered and what not. */
export async function keepAsking(url: string, headers: Readonly<Record<string, string>> = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = { answers: 0, failures: 0, wasTold: false };
  while (!seen.wasTold && seen.failures === 0) {
    try {
      const { status, isLast } = await askOn(url, agent, headers);
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
