import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
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
  };
}

/** The message without these headers, and with another target. */
export function withoutParts(message: Message, removed: ReadonlySet<string>, target: string): Message {
  const { method, sentMethod, path, query, source } = message;
  const isSame = target === message.target;
  return { method, sentMethod, target, path, query: isSame ? query : queryOf(target), source, removed };
}

/** As Node joins them, names in lower case. */
export function headersOf({ source, removed }: Message): IncomingHttpHeaders {
  const { headers } = source;
  if (removed.size === 0) return headers;
  const kept = { ...headers };
  for (const name of removed) delete kept[name];
  return kept;
}

/** One header, as Node joins its lines. @param name in lower case. */
export function headerOf({ source, removed }: Message, name: string): string | readonly string[] | undefined {
  return removed.has(name) ? undefined : source.headers[name];
}

/** Each line of a header. @param name in lower case. */
export function headerLinesOf({ source, removed }: Message, name: string): readonly string[] {
  return removed.has(name) ? [] : (source.headersDistinct[name] ?? []);
}

/** Name, value, name, value, … */
export function rawHeadersOf({ source: { rawHeaders }, removed }: Message): readonly string[] {
  if (removed.size === 0) return rawHeaders;
  return rawHeaders.filter((_, index) => !removed.has(String(rawHeaders[index - (index % 2)]).toLowerCase()));
}
