import type { ServerResponse } from "node:http";
import { HSTS, SAFE_HEADERS } from "../http/edge.ts";
import { type Exchange, exchangeOf } from "../http/exchange.ts";
import type { WriteProblem } from "../http/send-problem.ts";
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
 * @param headers of every answer, beyond the safe ones: name, value, name, value, …
 */
export function createAnswers(headers: readonly string[]): Answers {
  const outbox = createOutbox();

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
    res.writeHead(status, head);
    outbox.post(res, text);
  };

  return {
    send,
    settle: (res, before) => {
      // What fails after its head was written has nothing to add to it.
      if (res.headersSent) return;
      const head = headOf(before);
      for (let index = 0; index < head.length; index += 2) res.setHeader(head[index] ?? "", head[index + 1] ?? "");
    },
    writeProblem: (req, res, answer) => send(res, { exchange: exchangeOf(req), limits: NONE }, answer),
  };
}

const SAFE: readonly string[] = Object.entries(SAFE_HEADERS).flat();
const NONE: Before["limits"] = {};

function addTo(head: string[], headers: Answer["headers"]) {
  for (const name of Object.keys(headers)) head.push(name, String(headers[name]));
}
