import { type Carrier, isIn, isPlain } from "../contract/model/schemes.ts";
import type { OperationSecurity } from "../contract/model/security.ts";
import { bearerTokens, type KeySource, valuesOf } from "./carrier-values.ts";
import { looksLikeKey, mayContainKey } from "./other-credentials.ts";

/** What a request says about its key, before any look-up. */
export type Presented =
  | { readonly kind: "none" }
  /** No key, but all credentials of an alternative that the upstream checks. */
  | { readonly kind: "other-credential" }
  | { readonly kind: "one"; readonly text: string }
  /** Two different keys, or one carrier used twice: it is not clear who is calling. */
  | { readonly kind: "ambiguous" }
  /** A key in the URL of an operation that does not accept it there. */
  | { readonly kind: "in-query"; readonly parameter: string };

/** Where an operation, or a page, looks for a key. */
export type ExpectedKey = {
  /** The carriers of the whole contract: a key in another one makes the caller unclear. */
  readonly known: readonly Carrier[];
  /** The carriers that are accepted here. `Authorization: Bearer` counts as each header. */
  readonly accepted: readonly Carrier[];
} & Pick<OperationSecurity, "needsOtherCredential" | "sharedCarriers" | "otherAlternatives">;

/** Finds the key that a request presents. */
export function presentedKey(source: KeySource, expected: ExpectedKey): Presented {
  const { known, accepted } = expected;
  const misplaced = misplacedKey(source, expected);
  if (misplaced) return { kind: "in-query", parameter: misplaced.name };

  const mayBeOther = mayHoldOtherCredential(source, expected);
  const tokens = bearerTokens(source).filter((token) => !mayBeOther || looksLikeKey(token));
  const textsIn = (carriers: readonly Carrier[]) => [
    ...carriers.flatMap((carrier) => textsOf(source, carrier, expected, mayBeOther)),
    ...(carriers.some((carrier) => carrier.in === "header") ? tokens : []),
  ];
  const [text = junkIn(source, expected)] = textsIn(accepted).filter(isFilled);
  if (text === undefined) return isOtherAlternative(source, expected) ? OTHER : NONE;

  const isOnlyKey = textsIn(known)
    .filter(isFilled)
    .every((other) => other === text);
  return isOnlyKey && !isRepeated(source, expected) ? { kind: "one", text } : { kind: "ambiguous" };
}

const NONE = { kind: "none" } as const;
const OTHER = { kind: "other-credential" } as const;

/**
 * May Authorization hold a credential that is not a key? It may beside a key, and where the operation expects one. Then
 * only what looks like a key counts as one.
 */
export function mayHoldOtherCredential(source: KeySource, expected: ExpectedKey): boolean {
  const { known, needsOtherCredential, otherAlternatives } = expected;
  if (needsOtherCredential || otherAlternatives.length > 0) return true;
  return known.some((one) => one.name !== "authorization" && valuesOf(source, one).some(isFilled));
}

function textsOf(source: KeySource, carrier: Carrier, { accepted, sharedCarriers }: ExpectedKey, mayBeOther: boolean) {
  const values = valuesOf(source, carrier);
  const isShared = isIn(sharedCarriers, carrier) || (mayBeOther && carrier.name === "authorization");
  // Cookies and Authorization are sent to every operation, for many purposes.
  const isOftenSent = carrier.in === "cookie" || carrier.name === "authorization" || !isPlain(carrier);
  const isElsewhere = !isIn(accepted, carrier) && isOftenSent;
  return isShared || isElsewhere ? values.filter(looksLikeKey) : values;
}

/** A value that is not a key, where no other value of a requirement is one either: it counts as an invalid key. */
function junkIn(source: KeySource, { accepted, sharedCarriers }: ExpectedKey): string | undefined {
  const shared = accepted.filter((carrier) => isIn(sharedCarriers, carrier));
  return shared.flatMap((carrier) => valuesOf(source, carrier)).find(isFilled);
}

/** A second key makes the caller unclear, even in a carrier that this operation does not use. */
function isRepeated(source: KeySource, { known, accepted }: ExpectedKey): boolean {
  if (source.headerLines("authorization").length > 1) return true;
  const isCounted = (carrier: Carrier) => isPlain(carrier) && carrier.in !== "cookie";
  const carriers = known.filter((carrier) => isIn(accepted, carrier) || isCounted(carrier));
  return carriers.some((carrier) => valuesOf(source, carrier).length > 1);
}

/** The query parameter that carries a key although this operation does not accept one there. */
function misplacedKey(source: KeySource, { known, accepted, sharedCarriers }: ExpectedKey): Carrier | undefined {
  const isAllowed = ({ name }: Carrier) =>
    [...accepted, ...sharedCarriers].some((carrier) => carrier.in === "query" && carrier.name === name);
  return known.find(
    (carrier) => carrier.in === "query" && !isAllowed(carrier) && source.queryValues(carrier.name).length > 0,
  );
}

/** Does the request have every credential of an alternative that the upstream checks? */
function isOtherAlternative(source: KeySource, { otherAlternatives }: ExpectedKey): boolean {
  return otherAlternatives.some((places) =>
    places.every((place) => {
      const values = valuesOf(source, place).filter(isFilled);
      return values.length === 1 && !values.some(mayContainKey);
    }),
  );
}

function isFilled(text: string): boolean {
  return text !== "";
}
