import { Agent, request } from "node:http";
import type { CorpusRequest } from "../requests/corpus-request.ts";
import { NUMBER_HEADER } from "./recording-upstream.ts";

export type Received = {
  readonly status: number;
  readonly isFromUpstream: boolean;
  /** The problem document of a refusal. */
  readonly problem: { readonly code?: string; readonly detail?: string; readonly errors?: readonly ProblemPart[] };
};

export type ProblemPart = { readonly detail: string; readonly pointer: string };

export type Client = {
  readonly send: (wanted: CorpusRequest, number: string) => Promise<Received>;
  readonly close: () => void;
};

const PATIENCE_MS = 60_000;

/** Sends requests to the gateway at `url`, as they are written. */
export function createClient(url: string): Client {
  const agent = new Agent({ keepAlive: true, maxSockets: 8 });
  const { hostname, port } = new URL(url);
  const send = ({ method, target, headers, body }: CorpusRequest, number: string) =>
    new Promise<Received>((resolve, reject) => {
      const lines = [...headers, [NUMBER_HEADER, number] as const];
      const length = body ?? (hasBody(method) ? Buffer.alloc(0) : undefined);
      const sized = length === undefined ? [] : ["content-length", String(length.length)];
      const all = ["host", `${hostname}:${port}`, ...lines.flat(), ...sized];
      const outgoing = request({ hostname, port, method, path: target, agent, headers: all }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () => {
          const isFromUpstream = response.headers["from-upstream"] === "yes";
          const text = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, isFromUpstream, problem: isFromUpstream ? {} : problemIn(text) });
        });
      });
      outgoing.setTimeout(PATIENCE_MS, () => outgoing.destroy(new Error(`no response within ${PATIENCE_MS} ms`)));
      outgoing.on("error", reject);
      outgoing.end(body);
    });
  return { send, close: () => agent.destroy() };
}

/** Requests of these methods tell their length, even if it is 0 (RFC 9110 §8.6). */
function hasBody(method: string): boolean {
  return ["POST", "PUT", "PATCH"].includes(method);
}

function problemIn(text: string): Received["problem"] {
  try {
    return JSON.parse(text);
  } catch {
    return { detail: text.slice(0, 100) };
  }
}
