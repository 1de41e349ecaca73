import type { Request, Response } from "express";
import { exchangeOf } from "./exchange.ts";

/** The largest body that is read, in bytes, after decompression. */
export const MAX_BODY_BYTES = 65_536;

/** RFC 9112 §6: these two headers, and nothing else, announce a body. */
export function hasBody(req: Request): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/** A body that nobody reads has to be thrown away before the next request can be seen; not if that may take long. */
export function isTooLongToDiscard(req: Request): boolean {
  if (!hasBody(req)) return false;
  const { expect, "content-length": length } = req.headers;
  return expect !== undefined || length === undefined || Number(length) > MAX_BODY_BYTES;
}

/** Ends the connection with this answer where that is called for: known only when its head is written. */
export function closeAfterUnreadBody(req: Request, res: Response) {
  const writeHead = res.writeHead.bind(res) as (...words: unknown[]) => Response;
  res.writeHead = (...words: unknown[]) => {
    const { isLast, mayLeaveUnreadBody, isBodyStreamed } = exchangeOf(req);
    // What of a body has not been taken yet must not pass for the next request.
    const leaves = isBodyStreamed ? hasBody(req) && !req.complete : mayLeaveUnreadBody;
    if (isLast || leaves) res.setHeader("Connection", "close");
    return writeHead(...words);
  };
}

/** Whoever waits for it is told to send the body (RFC 9110 §10.1.1); HTTP/1.0 does not know this. */
export function sendContinue(req: Request, res: Response) {
  if (req.headers.expect !== undefined && req.httpVersion !== "1.0") res.writeContinue();
}
