import type { IncomingMessage, ServerResponse } from "node:http";
import type { Exchange } from "./exchange.ts";

/** The largest body that is discarded, in bytes. */
const MAX_DISCARDED_BYTES = 65_536;

/** Whether the request has a body: only these two headers announce one (RFC 9112 §6). */
export function hasBody({ head, req }: Pick<Exchange, "head" | "req">): boolean {
  if (head !== undefined) return head.contentLength > 0;
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/**
 * Whether an unread body would take too long to discard. It has to be discarded before the next request on the
 * connection can be read; if that takes too long, the connection is closed instead.
 */
export function isTooLongToDiscard(exchange: Pick<Exchange, "head" | "req">): boolean {
  const { head } = exchange;
  // An ordinary request has a length, and no Expect.
  if (head !== undefined) return head.contentLength > MAX_DISCARDED_BYTES;
  if (!hasBody(exchange)) return false;
  const { expect, "content-length": length } = exchange.req.headers;
  return expect !== undefined || length === undefined || Number(length) > MAX_DISCARDED_BYTES;
}

/** Whether the response leaves a body unread, whose rest must not be taken for the next request. */
export function leavesUnreadBody({ req, body, mayLeaveUnreadBody }: Exchange): boolean {
  return body?.kind === "streamed" ? !req.complete : mayLeaveUnreadBody;
}

/** Sends 100 Continue if the client waits for it (RFC 9110 §10.1.1); HTTP/1.0 does not have it. */
export function sendContinue({ req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse }) {
  if (req.headers.expect !== undefined && req.httpVersion !== "1.0") res.writeContinue();
}
