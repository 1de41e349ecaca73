import { Agent, get } from "node:http";

type Seen = { readonly status: number; readonly isLast: boolean };

/** Sends one request, on a connection of `agent`. */
export function requestOn(url: string, agent: Agent, headers: Readonly<Record<string, string>> = {}): Promise<Seen> {
  return new Promise((resolve, reject) => {
    get(url, { agent, headers }, (res) => {
      res.resume();
      res.on("end", () => resolve({ status: res.statusCode ?? 0, isLast: res.headers.connection === "close" }));
    }).on("error", reject);
  });
}

/** Sends requests on one connection until a response closes it; counts the responses and the failures. */
export async function keepRequesting(url: string, headers: Readonly<Record<string, string>> = {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = { responses: 0, failures: 0, wasTold: false };
  while (!seen.wasTold && seen.failures === 0) {
    try {
      const { status, isLast } = await requestOn(url, agent, headers);
      if (status === 200) seen.responses++;
      else seen.failures++;
      seen.wasTold = isLast;
    } catch {
      seen.failures++;
    }
  }
  agent.destroy();
  return seen;
}
