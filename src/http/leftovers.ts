import type { Request, Response } from "express";
import { exchangeOf } from "./exchange.ts";

/** The largest body that is read, in bytes, after decompression. */
export const MAX_BODY_BYTES = 65_536;

/** RFC 9112 §6: these two headers, and nothing else, announce a body. */
export function hasBody(req: Request): boolean {
  return req.headers["transfer-encoding"] !== undefined || Number(req.headers["content-length"] ?? 0) > 0;
}

/** A body that nobody reads has to be thrown away before the next request can be seen; not if that may take long. */
export function mayLeaveMuch(req: Request): boolean {
  if (!hasBody(req)) return false;
  const { expect, "content-length": length } = req.headers;
  return expect !== undefined || length === undefined || Number(length) > MAX_BODY_BYTES;
}

/** The body was read to its end, so the connection may be used again. */
export function keepConnection(req: Request, res: Response) {
  if (!exchangeOf(req).isLast) res.removeHeader("Connection");
}
