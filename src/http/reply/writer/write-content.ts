import { ServerResponse } from "node:http";
import type { Exchange } from "../../message/exchange.ts";
import type { ContentReply } from "../reply.ts";
import { commonHeadersOf, mergedHeaders, setHeaders } from "./common-headers.ts";
import { createOutbox } from "./outbox.ts";

/** Sends a reply with the common headers. */
export type WriteContent = (exchange: Exchange, reply: Omit<ContentReply, "kind">) => void;

/**
 * Writes heads as one raw list, so that Node does not build a table of each, and sends the replies of a turn together.
 * @param onFault told why a reply could not be sent; its connection is closed by then.
 */
export function createWriteContent(onFault: (fault: unknown) => void): WriteContent {
  const outbox = createOutbox(onFault);
  return (exchange, { status, headers, content }) => {
    const { res } = exchange;
    const common = commonHeadersOf(exchange);
    const isLast = common.includes("Connection");
    const head = headers.some(isReplacing) ? mergedHeaders(common, headers) : [...common, ...headers];
    if (needsLength(status, headers)) head.push("Content-Length", String(Buffer.byteLength(content)));
    // A raw list would replace the Vary that a host app has set.
    if (res.writeHead === writeHead && !(res.hasHeader("Vary") && head.includes("Vary"))) res.writeHead(status, head);
    else {
      setHeaders(res, head);
      res.writeHead(status);
    }
    // What comes after the last response of a connection must find it written.
    if (isLast) res.end(content);
    else outbox.post(res, content);
  };
}

/** The common headers that a reply may replace; those of an upstream are in lower case. */
const REPLACEABLE = new Set(
  ["Cache-Control", "Referrer-Policy", "X-Content-Type-Options", "Strict-Transport-Security"].flatMap((name) => [
    name,
    name.toLowerCase(),
  ]),
);

function isReplacing(name: string): boolean {
  return REPLACEABLE.has(name);
}

/** A 204 has no Content-Length, and that of a 304 is about another response (RFC 9110 §8.6). */
function needsLength(status: number, headers: readonly string[]): boolean {
  return status !== 204 && status !== 304 && !headers.includes("content-length");
}

/**
 * Node's own. A host app may have replaced it with one that does not understand raw lists: on-headers before 1.1 (in
 * morgan, compression and others) takes each text for a pair. All of them understand headers that were set before.
 */
const { writeHead } = ServerResponse.prototype;
