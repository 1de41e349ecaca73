import type { Request, Response } from "express";
import { admittedKeyOf, exchangeOf, operationOf } from "../http/message/exchange.ts";
import { queryOf } from "../http/message/target.ts";
import { sendContinue } from "../http/message/unread-body.ts";
import type { UpstreamRequest } from "./upstream-port.ts";

export function toUpstreamRequest(req: Request, res: Response): Omit<UpstreamRequest, "isStillAdmitted"> {
  const exchange = exchangeOf(req);
  const { requestId, peer, pathParams = {}, bodyBytes, isBodyStreamed } = exchange;
  if (isBodyStreamed) sendContinue(req, res);
  return {
    operation: operationOf(req),
    method: req.method,
    pathParams,
    query: queryOf(req.originalUrl),
    rawHeaders: req.rawHeaders,
    checkedHeaders: operationOf(req).headerParameters.map((name) => [name, checkedValue(req, name)]),
    key: admittedKeyOf(exchange),
    requestId,
    address: peer.address,
    isTls: peer.isTls,
    host: req.headers.host,
    body: isBodyStreamed ? req : bodyBytes,
    length: isBodyStreamed ? req.headers["content-length"] : undefined,
    client: res,
  };
}

/**
 * The value of a header that the validator checked. Node gives it one text, the lines joined or only the first of them;
 * where the contract declares a number or a list, the validator has replaced that text in `req.headers`.
 */
function checkedValue(req: Request, name: string): string | undefined {
  const lines = req.rawHeaders.filter((_, index, all) => index % 2 === 1 && isNamed(all[index - 1], name));
  if (lines.length === 0) return undefined;
  const seen: unknown = req.headers[name.toLowerCase()];
  if (typeof seen === "string") return seen;
  return lines.length > 1 && ["number", "boolean"].includes(typeof seen) ? String(seen) : lines.join(", ");
}

function isNamed(text: string | undefined, name: string): boolean {
  return text?.toLowerCase() === name.toLowerCase();
}
