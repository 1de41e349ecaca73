import { foldHeaderName } from "../../lib/http/fold-header-name.ts";

/** Name, value, name, value, … A name with several lines occurs several times. */
export type RawHeaders = readonly string[];

/** The headers that apply to one connection only (RFC 9110 §7.6.1); folded. */
export const HOP_BY_HOP: readonly string[] = [
  "connection",
  "keep-alive",
  "proxy-connection",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
].map(foldHeaderName);

/** The headers that the sender lists in `Connection`, folded. `close` and `keep-alive` are not headers. */
export function namedByConnection(value: string): readonly string[] {
  return COMMON_CONNECTION.test(value) ? [] : value.split(",").map(foldHeaderName);
}

const COMMON_CONNECTION = /^(?:keep-alive|close|)$/i;

/** Nearly all messages use the same few names; a client that invents others must not fill the memory. */
const MAX_NAMES = 1_000;
const MAX_NAME_LENGTH = 64;

/** Memoizes what `decide` says about a header name, for as many names as are in real use. */
export function memoizeByName<T>(decide: (name: string) => T): (name: string) => T {
  const known = new Map<string, T>();
  return (name) => {
    const found = known.get(name);
    if (found !== undefined) return found;
    const decision = decide(name);
    if (known.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) known.set(name, decision);
    return decision;
  };
}
