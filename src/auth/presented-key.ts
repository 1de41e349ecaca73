import type { Carrier } from "../contract/model/schemes.ts";
import { looksLikeKey } from "./other-credentials.ts";

/** What a request says about its key, before any look-up. */
export type Presented =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly text: string }
  /** Two different keys, or one carrier used twice: it is not clear who is calling. */
  | { readonly kind: "ambiguous" }
  /** A key in the URL of an operation that does not accept it there. */
  | { readonly kind: "in-query"; readonly parameter: string };

/** The parts of a request that can carry a key. */
export type KeySource = {
  /** The lines of the header `name` (in lower case), not joined: joined lines would look like one strange key. */
  readonly headerLines: (name: string) => readonly string[];
  /** The values of the query parameter `name`. */
  readonly queryValues: (name: string) => readonly string[];
};

/**
 * Finds the key that a request presents.
 * @param known the carriers of all operations.
 * @param accepted the carriers of this operation. `Authorization: Bearer` counts as its header.
 * @param needsOtherCredential whether the operation also requires another credential, which the upstream checks: then a
 * Bearer token that does not look like a key is that credential.
 */
export function presentedKey(
  source: KeySource,
  known: readonly Carrier[],
  accepted: readonly Carrier[],
  needsOtherCredential = false,
): Presented {
  const misplaced = misplacedKey(source, known, accepted);
  if (misplaced) return { kind: "in-query", parameter: misplaced.name };

  const mayBeOther = needsOtherCredential || hasKeyOutsideAuthorization(source, known);
  const tokens = bearerTokens(source).filter((token) => !mayBeOther || looksLikeKey(token));
  const linesIn = (carriers: readonly Carrier[]) => [
    ...carriers.map((carrier) => linesOf(source, carrier)),
    ...(carriers.some((carrier) => carrier.in === "header") ? [tokens] : []),
  ];
  const [text] = linesIn(accepted).flat().filter(isFilled);
  if (text === undefined) return { kind: "none" };

  // A second key makes the caller unclear, even in a carrier that this operation does not use.
  const all = linesIn(known);
  const isOnlyKey = all
    .flat()
    .filter(isFilled)
    .every((other) => other === text);
  const isRepeated = all.some((values) => values.length > 1) || source.headerLines("authorization").length > 1;
  return isOnlyKey && !isRepeated ? { kind: "one", text } : { kind: "ambiguous" };
}

/** Is there a key outside of Authorization? Then that header may hold another credential. */
export function hasKeyOutsideAuthorization(source: KeySource, known: readonly Carrier[]): boolean {
  return known.some((carrier) => carrier.name !== "authorization" && linesOf(source, carrier).some(isFilled));
}

/** The query parameter that carries a key although this operation does not accept one there. */
function misplacedKey(source: KeySource, known: readonly Carrier[], accepted: readonly Carrier[]): Carrier | undefined {
  const isAccepted = ({ name }: Carrier) => accepted.some((carrier) => carrier.in === "query" && carrier.name === name);
  return known.find(
    (carrier) => carrier.in === "query" && !isAccepted(carrier) && source.queryValues(carrier.name).length > 0,
  );
}

function linesOf(source: KeySource, { in: place, name }: Carrier): readonly string[] {
  if (place === "query") return source.queryValues(name);
  const lines = source.headerLines(name);
  // A contract may name Authorization as its header; the scheme Bearer in it is read by `bearerTokens`.
  return name === "authorization" ? lines.filter((line) => !/^bearer\b/i.test(line.trim())) : lines;
}

/** The tokens of the scheme Bearer (RFC 6750 §2.1). Credentials of other schemes, such as Basic, are never keys. */
function bearerTokens(source: KeySource): readonly string[] {
  return source.headerLines("authorization").flatMap((line) => /^bearer(?: +(.*))?$/i.exec(line.trim())?.[1] ?? []);
}

function isFilled(text: string): boolean {
  return text !== "";
}
