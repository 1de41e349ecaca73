import type { Carrier } from "../contract/model/schemes.ts";
import { looksLikeKey } from "./other-credentials.ts";

/** What a request says about its key, before anything is looked up. */
export type Presented =
  | { readonly kind: "none" }
  | { readonly kind: "one"; readonly text: string }
  /** Two different keys, or one carrier used twice: it is not clear who is calling. */
  | { readonly kind: "ambiguous" }
  /** A key in the URL of an operation that does not take it there. */
  | { readonly kind: "in-query"; readonly parameter: string };

/** The parts of a request that can carry a key. */
export type KeySource = {
  /** Every line of the header `name` (in lower case), unjoined: joined lines would look like one odd key. */
  readonly headerLines: (name: string) => readonly string[];
  /** Every value of the query parameter `name`. */
  readonly queryValues: (name: string) => readonly string[];
};

/**
 * Finds the one key that a request presents.
 * @param known every carrier of the contract.
 * @param forwardAuth the carriers that this operation takes a key from. `Authorization: Bearer` counts as the header.
 * @param hasLogin the operation wants a login beside the key: a token that is not shaped like a key is that one.
 */
export function presentedKey(
  source: KeySource,
  known: readonly Carrier[],
  forwardAuth: readonly Carrier[],
  hasLogin = false,
): Presented {
  const misplaced = known.find(
    (carrier) =>
      isInQuery(carrier) && !forwardAuth.some((one) => isSame(one, carrier)) && linesOf(source, carrier).length > 0,
  );
  if (misplaced) return { kind: "in-query", parameter: misplaced.name };

  const isExpected = hasLogin || hasKeyOutsideAuthorization(source, known);
  const isLogin = (token: string) => isExpected && !looksLikeKey(token);
  const tokens = bearerTokens(source).filter((token) => !isLogin(token));
  const linesIn = (carriers: readonly Carrier[]) => [
    ...carriers.map((carrier) => linesOf(source, carrier)),
    ...(carriers.some((carrier) => carrier.in === "header") ? [tokens] : []),
  ];
  const [text] = linesIn(forwardAuth).flat().filter(isFilled);
  if (text === undefined) return { kind: "none" };

  // Also where this operation does not look: a second key leaves open who is calling.
  const all = linesIn(known);
  const isAlone = all
    .flat()
    .filter(isFilled)
    .every((other) => other === text);
  const isTwice = all.some((values) => values.length > 1) || source.headerLines("authorization").length > 1;
  return isAlone && !isTwice ? { kind: "one", text } : { kind: "ambiguous" };
}

/** Does the request show a key elsewhere than in Authorization? Then what is there may be a login. */
export function hasKeyOutsideAuthorization(source: KeySource, known: readonly Carrier[]): boolean {
  return known.some((carrier) => carrier.name !== "authorization" && linesOf(source, carrier).some(isFilled));
}

function linesOf(source: KeySource, { in: place, name }: Carrier): readonly string[] {
  if (place === "query") return source.queryValues(name);
  const lines = source.headerLines(name);
  // Contracts may name this very header; with the scheme Bearer it is read below.
  return name === "authorization" ? lines.filter((line) => !/^bearer\b/i.test(line.trim())) : lines;
}

/** Only credentials of the scheme Bearer (RFC 6750 §2.1); others, such as Basic, are meant for somebody else. */
function bearerTokens(source: KeySource): readonly string[] {
  return source.headerLines("authorization").flatMap((line) => /^bearer(?: +(.*))?$/i.exec(line.trim())?.[1] ?? []);
}

function isFilled(text: string): boolean {
  return text !== "";
}

function isInQuery(carrier: Carrier): boolean {
  return carrier.in === "query";
}

function isSame(one: Carrier, other: Carrier): boolean {
  return one.in === other.in && one.name === other.name;
}
