import { ServerResponse } from "node:http";
import { type Exchange, exchangeOf } from "../http/message/exchange.ts";
import { safeHeaders } from "../http/reply/safe-headers.ts";
import type { WriteProblem } from "../http/reply/send-problem.ts";
import { createOutbox } from "./outbox.ts";

/** What the common headers of a reply depend on. */
type ReplyContext = {
  readonly exchange: Exchange;
  /** RateLimit and the like. */
  readonly limits: Readonly<Record<string, string>>;
};

type WrittenReply = Parameters<WriteProblem>[2];

export type ReplyWriter = {
  /** Sends a reply with the common headers. */
  readonly send: (res: ServerResponse, context: ReplyContext, reply: WrittenReply) => void;
  /** Sets the common headers on a response that another part will send. */
  readonly setHeaders: (res: ServerResponse, context: ReplyContext) => void;
  /** Sends a problem, whose headers already say everything about limits. */
  readonly writeProblem: WriteProblem;
};

/**
 * Writes heads as one raw list, so that Node does not build a table of each, and sends the replies of a turn together.
 * @param headers of every reply, in addition to the safe ones: name, value, name, value, …
 * @param onFault told why a reply could not be sent; its connection is closed by then.
 */
export function createReplyWriter(headers: readonly string[], onFault: (fault: unknown) => void): ReplyWriter {
  const outbox = createOutbox(onFault);
  const vary = headers.find((name) => name === VARY);

  const send: ReplyWriter["send"] = (res, context, reply) => {
    const head = toHead(context, headers);
    addTo(head, reply.headers);
    // A raw list would replace the Vary that a host app has set.
    if (res.writeHead === writeHead && (vary === undefined || !res.hasHeader(vary))) res.writeHead(reply.status, head);
    else {
      setAll(res, head);
      res.writeHead(reply.status);
    }
    outbox.post(res, reply.text);
  };

  return {
    send,
    setHeaders: (res, context) => {
      if (!res.headersSent) setAll(res, toHead(context, headers));
    },
    writeProblem: (req, res, reply) => send(res, { exchange: exchangeOf(req), limits: NO_LIMITS }, reply),
  };
}

const SAFE = Object.entries(safeHeaders(false)).flat();
const SAFE_OVER_TLS = Object.entries(safeHeaders(true)).flat();
const NO_LIMITS: ReplyContext["limits"] = {};

/**
 * Node's own. A host app may have replaced it with one that does not understand raw lists: on-headers before 1.1 (in
 * morgan, compression and others) takes each text for a pair. All of them understand headers that were set before.
 */
const { writeHead } = ServerResponse.prototype;

/** The common headers, in the order of the stages that write them: `edge`, `cors`, `limit`. */
function toHead({ exchange, limits }: ReplyContext, headers: readonly string[]): string[] {
  const head = (exchange.peer.isTls ? SAFE_OVER_TLS : SAFE).slice();
  head.push("X-Request-Id", exchange.requestId);
  if (headers.length > 0) head.push(...headers);
  addTo(head, limits);
  return head;
}

function setAll(res: ServerResponse, head: readonly string[]) {
  for (let index = 0; index < head.length; index += 2) {
    const [name = "", value = ""] = [head[index], head[index + 1]];
    if (name === VARY) res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
}

const VARY = "Vary";

function addTo(head: string[], headers: WrittenReply["headers"]) {
  for (const name of Object.keys(headers)) head.push(name, String(headers[name]));
}
