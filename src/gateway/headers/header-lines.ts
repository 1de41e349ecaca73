import { foldHeaderName } from "../../lib/http/fold-header-name.ts";

/** Name, value, name, value, … as Node parsed them: a name with several lines occurs several times. */
export type RawHeaders = readonly string[];

export type HeaderLine = readonly [name: string, value: string];

export function linesOf(raw: RawHeaders): HeaderLine[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? "", raw[2 * index + 1] ?? ""]);
}

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

/** The names that the sender lists in `Connection`, folded. */
export function namedByConnection(lines: readonly HeaderLine[]): readonly string[] {
  return lines
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map(foldHeaderName));
}
