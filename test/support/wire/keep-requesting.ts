import { Agent, type ClientRequest, get } from "node:http";
import { wasClosed } from "./client.ts";

type Seen = { readonly status: number; readonly isLast: boolean };

type Headers = Readonly<Record<string, string>>;

/** Sends one request, on a connection of `agent`. */
export function requestOn(url: string, agent: Agent, headers: Headers = {}): Promise<Seen> {
  return send(url, agent, headers, (_req, error) => Promise.reject(error));
}

/** The same after a pause: it is sent again if the service had closed the connection, which was idle. */
export function requestAfterPauseOn(url: string, agent: Agent, headers: Headers = {}): Promise<Seen> {
  return send(url, agent, headers, (req, error) =>
    wasClosed(req, error) ? requestAfterPauseOn(url, agent, headers) : Promise.reject(error),
  );
}

type OnError = (req: ClientRequest, error: Error) => Promise<Seen>;

function send(url: string, agent: Agent, headers: Headers, onError: OnError): Promise<Seen> {
  return new Promise((resolve) => {
    const req = get(url, { agent, headers }, (res) => {
      res.resume();
      res.on("end", () => resolve({ status: res.statusCode ?? 0, isLast: res.headers.connection === "close" }));
    });
    req.on("error", (error) => resolve(onError(req, error)));
  });
}

/**
 * Sends requests on one connection until a response closes it; counts the responses and the failures.
 * @param onResponse called after each response.
 */
export async function keepRequesting(url: string, headers: Headers = {}, onResponse: () => void = () => {}) {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const seen = { responses: 0, failures: 0, wasTold: false };
  while (!seen.wasTold && seen.failures === 0) {
    try {
      const { status, isLast } = await requestOn(url, agent, headers);
      if (status === 200) seen.responses++;
      else seen.failures++;
      seen.wasTold = isLast;
      onResponse();
    } catch {
      seen.failures++;
    }
  }
  agent.destroy();
  return seen;
}
