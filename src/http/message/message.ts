import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { withoutCookies } from "../../lib/http/cookies.ts";
import { pathOf, queryOf } from "./target.ts";

/** What is asked for: the request that came, or, in forward auth, the one that a proxy asks about. */
export type Message = {
  /**
   * HEAD is read as GET (RFC 9110 §9.3.2), unless the contract declares it at this path: Node leaves out the body of the
   * response.
   */
  readonly method: string;
  /** As sent. */
  readonly sentMethod: string;
  /** In origin-form, or `*`. */
  readonly target: string;
  /** As sent, with percent-encoding. */
  readonly path: string;
  /** As sent, without the question mark; empty where there is none. */
  readonly query: string;
  /** The request that has the headers. */
  readonly source: IncomingMessage;
  /** The headers that the message does not have any more, in lower case. */
  readonly removed: ReadonlySet<string>;
  /** The names of the cookies that the message does not have any more. */
  readonly removedCookies: readonly string[];
};

const NOTHING: ReadonlySet<string> = new Set();

export function toMessage(source: IncomingMessage, method: string, target: string): Message {
  return {
    method: method === "HEAD" ? "GET" : method,
    sentMethod: method,
    target,
    path: pathOf(target),
    query: queryOf(target),
    source,
    removed: NOTHING,
    removedCookies: [],
  };
}

/** What is taken out of a message. */
export type RemovedParts = {
  /** The names of headers, in lower case. */
  readonly headers: ReadonlySet<string>;
  readonly cookies: readonly string[];
};

/** The message without these parts, and with another target. */
export function withoutParts(message: Message, { headers, cookies }: RemovedParts, target: string): Message {
  const { method, sentMethod, path, query, source } = message;
  const isSame = target === message.target;
  const rest = { removed: headers, removedCookies: cookies };
  return { method, sentMethod, target, path, query: isSame ? query : queryOf(target), source, ...rest };
}

/** As Node joins them, names in lower case. */
export function headersOf(message: Message): IncomingHttpHeaders {
  const { source, removed, removedCookies } = message;
  const { headers } = source;
  if (removed.size === 0 && removedCookies.length === 0) return headers;
  const kept = { ...headers };
  for (const name of removed) delete kept[name];
  if (removedCookies.length > 0 && kept.cookie !== undefined) {
    const cookie = withoutCookies(kept.cookie, removedCookies);
    if (cookie === undefined) delete kept.cookie;
    else kept.cookie = cookie;
  }
  return kept;
}

/** One header, as Node joins its lines. @param name in lower case. */
export function headerOf(message: Message, name: string): string | readonly string[] | undefined {
  if (message.removed.has(name)) return undefined;
  const value = message.source.headers[name];
  return name === "cookie" && typeof value === "string" ? withoutCookies(value, message.removedCookies) : value;
}

/** Each line of a header. @param name in lower case. */
export function headerLinesOf({ source, removed, removedCookies }: Message, name: string): readonly string[] {
  if (removed.has(name)) return [];
  const lines = source.headersDistinct[name] ?? [];
  return name === "cookie" ? lines.flatMap((line) => withoutCookies(line, removedCookies) ?? []) : lines;
}

/** Name, value, name, value, … */
export function rawHeadersOf({ source: { rawHeaders }, removed, removedCookies }: Message): readonly string[] {
  if (removed.size === 0 && removedCookies.length === 0) return rawHeaders;
  const kept: string[] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const [name = "", value = ""] = [rawHeaders[index], rawHeaders[index + 1]];
    const lower = name.toLowerCase();
    const text = lower === "cookie" ? withoutCookies(value, removedCookies) : value;
    if (text !== undefined && !removed.has(lower)) kept.push(name, text);
  }
  return kept;
}
