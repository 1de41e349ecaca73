import { ServerResponse } from "node:http";
import { type Exchange, exchangeOf } from "../http/message/exchange.ts";
import type { WriteProblem } from "../http/reply/send-problem.ts";
import { HSTS, SAFE_HEADERS } from "../http/stages/edge.ts";
import { createOutbox } from "./outbox.ts";

/** What goes before the headers of an answer's own. */
export type Before = {
  readonly exchange: Exchange;
  /** RateLimit and its like. */
  readonly limits: Readonly<Record<string, string>>;
};

export type Answer = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly text: string;
};

export type Answers = {
  readonly send: (res: ServerResponse, before: Before, answer: Answer) => void;
  /** Writes what goes before, and leaves the rest to others. */
  readonly settle: (res: ServerResponse, before: Before) => void;
  /** For whoever answers with a problem, and has said everything about limits in its headers. */
  readonly writeProblem: WriteProblem;
};

/**
 * Heads as one raw list, so that Node does not build a table of each; the answers of a turn go out together.
 * @param onFault told why an answer could not be sent; its connection is gone then.
 * @param headers of every answer, beyond the safe ones: name, value, name, value, …
 */
export function createAnswers(headers: readonly string[], onFault: (fault: unknown) => void): Answers {
  const outbox = createOutbox(onFault);
  const varies = headers.find((name) => name === VARY);

  /** In the order of the steps that write it: `edge`, `cors`, `limit`. */
  const headOf = ({ exchange, limits }: Before): string[] => {
    const head = SAFE.slice();
    head.push("X-Request-Id", exchange.requestId);
    if (exchange.peer.isTls) head.push("Strict-Transport-Security", HSTS);
    if (headers.length > 0) head.push(...headers);
    addTo(head, limits);
    return head;
  };

  const send: Answers["send"] = (res, before, { status, headers, text }) => {
    const head = headOf(before);
    addTo(head, headers);
    // A list would replace what an app has said in Vary already.
    if (res.writeHead === writeHead && (varies === undefined || !res.hasHeader(varies))) res.writeHead(status, head);
    else {
      setAll(res, head);
      res.writeHead(status);
    }
    outbox.post(res, text);
  };

  return {
    send,
    settle: (res, before) => {
      // What fails after its head was written has nothing to add to it.
      if (res.headersSent) return;
      setAll(res, headOf(before));
    },
    writeProblem: (req, res, answer) => send(res, { exchange: exchangeOf(req), limits: NONE }, answer),
  };
}

const SAFE: readonly string[] = Object.entries(SAFE_HEADERS).flat();
const NONE: Before["limits"] = {};

/**
 * Node's own. Where an app has put another one in its place, that one may not know raw lists: on-headers before 1.1, in
 * morgan, compression and others, takes each text of them for a pair. All know headers that are set already.
 */
const { writeHead } = ServerResponse.prototype;

function setAll(res: ServerResponse, head: readonly string[]) {
  for (let index = 0; index < head.length; index += 2) {
    const [name = "", value = ""] = [head[index], head[index + 1]];
    if (name === VARY) res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
}

const VARY = "Vary";

function addTo(head: string[], headers: Answer["headers"]) {
  for (const name of Object.keys(headers)) head.push(name, String(headers[name]));
}
