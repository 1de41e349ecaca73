import { ServerResponse } from "node:http";
import type { Exchange } from "../../message/exchange.ts";
import type { ContentReply } from "../reply.ts";
import { commonHeadersOf, endsConnection, hasHeader, mergedHeaders, setHeaders } from "./common-headers.ts";
import { createOutbox } from "./outbox.ts";
import { writeRawHead } from "./own-response.ts";

type Content = Omit<ContentReply, "kind">;

/** Sends a reply with the common headers. */
export type WriteContent = (exchange: Exchange, reply: Content) => void;

/**
 * Writes heads as one raw list, so that Node does not build a table of each, and sends the replies of a turn together.
 * @param onFault told why a reply could not be sent; its connection is closed by then.
 */
export function createWriteContent(onFault: (fault: unknown) => void): WriteContent {
  const outbox = createOutbox(onFault);
  return (exchange, reply) => {
    const { status, content } = reply;
    const { res } = exchange;
    const head = toHead(exchange, reply);
    // A raw list would replace the Vary that a host app has set.
    if (res.writeHead === writeHead && !(res.hasHeader("Vary") && head.includes("Vary")))
      writeRawHead(res, status, head);
    else {
      setHeaders(res, head);
      res.writeHead(status);
    }
    // What comes after the last response of a connection must find it written.
    if (endsConnection(exchange)) res.end(content);
    else outbox.post(res, content);
  };
}

function toHead(exchange: Exchange, { status, headers, content, isReplacing }: Content): string[] {
  const common = commonHeadersOf(exchange);
  const head = isReplacing ? mergedHeaders(common, headers) : common;
  if (!isReplacing) for (const text of headers) head.push(text);
  // A 204 has no Content-Length, and that of a 304 is about another response (RFC 9110 §8.6).
  if (status === 204 || status === 304 || (isReplacing && hasHeader(headers, "content-length"))) return head;
  // That of a HEAD is about the response to GET.
  if (isReplacing && exchange.message.method === "HEAD") return head;
  head.push("Content-Length", String(Buffer.byteLength(content)));
  return head;
}

/**
 * Node's own. A host app may have replaced it with one that does not understand raw lists: on-headers before 1.1 (in
 * morgan, compression and others) takes each text for a pair. All of them understand headers that were set before.
 */
const { writeHead } = ServerResponse.prototype;
