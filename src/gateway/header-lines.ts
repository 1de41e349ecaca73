/** Name, value, name, value, … as Node has them, so that several lines stay several. */
export type RawHeaders = readonly string[];

export type HeaderLine = readonly [name: string, value: string];

export function linesOf(raw: RawHeaders): HeaderLine[] {
  return Array.from({ length: raw.length / 2 }, (_, index) => [raw[2 * index] ?? "", raw[2 * index + 1] ?? ""]);
}

/**
 * One word for all spellings of a name that some server reads as the same one: CGI and WSGI turn every character that is
 * neither a letter nor a digit into `_`, others drop it.
 */
export function foldName(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");
}

/** The headers that are about one connection, and end with it (RFC 9110 §7.6.1); folded. */
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
].map(foldName);

/** What the sender names in `Connection`, folded. */
export function namedByConnection(lines: readonly HeaderLine[]): readonly string[] {
  return lines
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.split(",").map(foldName));
}
