import type { ServerResponse } from "node:http";
import { eachHeader } from "../../../lib/http/header-list.ts";
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
  for (const text of headers) all.push(text);
  if (endsConnection(exchange)) all.push("Connection", "close");
  return all;
}

/** Whether the connection is closed after the response, if its head is written now. */
export function endsConnection(exchange: Exchange): boolean {
  return exchange.isLast || leavesUnreadBody(exchange);
}

/** Sets headers on a response that another part writes. It may have some already, such as Vary. */
export function setHeaders(res: ServerResponse, headers: readonly string[]) {
  eachHeader(headers, (name, value) => {
    if (name === VARY) res.appendHeader(name, value);
    else res.setHeader(name, value);
  });
}

/**
 * The common headers and those of one reply, which replace common ones of the same name.
 * @param own names in lower case.
 */
export function mergedHeaders(common: readonly string[], own: readonly string[]): string[] {
  const all: string[] = [];
  eachHeader(common, (name, value) => {
    const isReplaced = REPLACEABLE.has(name) && hasHeader(own, name.toLowerCase());
    if (!isReplaced && !(name === VARY && varies(own, value))) all.push(name, value);
  });
  for (const text of own) all.push(text);
  return all;
}

/** Does `Vary` in these headers name the request header already, or every one? */
function varies(own: readonly string[], header: string): boolean {
  const wanted = header.toLowerCase();
  return own.some((text, index) => {
    if (index % 2 === 0 || own[index - 1] !== "vary") return false;
    const names = text
      .toLowerCase()
      .split(",")
      .map((one) => one.trim());
    return names.includes(wanted) || names.includes("*");
  });
}

/** The others say what this service decided, and stay. */
const REPLACEABLE: ReadonlySet<string> = new Set(Object.keys(safeHeaders(true)));

/** @param list name, value, name, value, … */
export function hasHeader(list: readonly string[], name: string): boolean {
  for (let index = 0; index < list.length; index += 2) if (list[index] === name) return true;
  return false;
}

const VARY = "Vary";
