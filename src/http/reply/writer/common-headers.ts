import type { ServerResponse } from "node:http";
import type { Exchange } from "../../message/exchange.ts";
import { leavesUnreadBody } from "../../message/unread-body.ts";
import { safeHeaders } from "./safe-headers.ts";

const SAFE = Object.entries(safeHeaders(false)).flat();
const SAFE_OVER_TLS = Object.entries(safeHeaders(true)).flat();

/** The headers that every response has, pages too: name, value, name, value, … */
export function commonHeadersOf(exchange: Exchange): string[] {
  const { peer, requestId, headers } = exchange;
  const all = (peer.isTls ? SAFE_OVER_TLS : SAFE).slice();
  all.push("X-Request-Id", requestId);
  if (headers.length > 0) all.push(...headers);
  if (exchange.isLast || leavesUnreadBody(exchange)) all.push("Connection", "close");
  return all;
}

/** Sets headers on a response that another part writes. It may have some already, such as Vary. */
export function setHeaders(res: ServerResponse, headers: readonly string[]) {
  for (let index = 0; index < headers.length; index += 2) {
    const [name = "", value = ""] = [headers[index], headers[index + 1]];
    if (name === VARY) res.appendHeader(name, value);
    else res.setHeader(name, value);
  }
}

/** The common headers and those of one reply, which replace common ones of the same name. */
export function mergedHeaders(common: readonly string[], own: readonly string[]): string[] {
  const names = new Set<string>();
  for (let index = 0; index < own.length; index += 2) names.add((own[index] ?? "").toLowerCase());
  const all: string[] = [];
  for (let index = 0; index < common.length; index += 2) {
    const [name = "", value = ""] = [common[index], common[index + 1]];
    if (name === VARY || !names.has(name.toLowerCase())) all.push(name, value);
  }
  for (const text of own) all.push(text);
  return all;
}

const VARY = "Vary";
