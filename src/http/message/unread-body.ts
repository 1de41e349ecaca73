import type { Request, Response } from "express";
import { exchangeOf } from "./exchange.ts";

/** The largest body that is read, in bytes, after decompression. */
export const MAX_BODY_BYTES = 65_536;

/** Whether the request has a body: only these two headers announce one (RFC 9112 §6). */
export function hasBody(req: Request): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/**
 * Whether an unread body would take too long to discard. It has to be discarded before the next request on the
 * connection can be read; if that takes too long, the connection is closed instead.
 */
export function isTooLongToDiscard(req: Request): boolean {
  if (!hasBody(req)) return false;
  const { expect, "content-length": length } = req.headers;
  return expect !== undefined || length === undefined || Number(length) > MAX_BODY_BYTES;
}

/** Makes the response close the connection if a body is left unread: that is known only when its head is written. */
export function closeAfterUnreadBody(req: Request, res: Response) {
  // As one signature: the overloads of `writeHead` do not matter to what is passed through.
  const writeHead = res.writeHead.bind(res) as (...words: unknown[]) => Response;
  res.writeHead = (...words: unknown[]) => {
    const { isLast, mayLeaveUnreadBody, isBodyStreamed } = exchangeOf(req);
    // The rest of an unread body must not be taken for the next request.
    const leavesBody = isBodyStreamed ? hasBody(req) && !req.complete : mayLeaveUnreadBody;
    if (isLast || leavesBody) res.setHeader("Connection", "close");
    return writeHead(...words);
  };
}

/** Sends 100 Continue if the client waits for it (RFC 9110 §10.1.1); HTTP/1.0 does not have it. */
export function sendContinue(req: Request, res: Response) {
  if (req.headers.expect !== undefined && req.httpVersion !== "1.0") res.writeContinue();
}
