import { type Metadata, metadataViolation } from "../../keys/metadata.ts";
import { parseNetwork } from "../../keys/networks.ts";
import { missingScopes } from "../../keys/scopes.ts";
import type { Instant } from "../../lib/time/clock.ts";
import { countHeldKeys } from "../../store/keys.ts";
import type { ActionDeps } from "../actions.ts";

/** The requested terms of a key that is issued or changed. */
export type Terms = {
  readonly scopes?: readonly string[] | undefined;
  /** Null: it does not expire. */
  readonly expiresAt?: Instant | null | undefined;
  /** CIDR ranges; an empty list allows every address. */
  readonly allowedIps?: readonly string[] | undefined;
  readonly metadata?: Metadata | undefined;
};

/** Why no key can have these terms, for any caller. */
export type TermsRefused =
  /** `index` is the position in the requested scopes, `known` the whole catalogue. */
  | { readonly kind: "scope-unknown"; readonly index: number; readonly known: readonly string[] }
  | { readonly kind: "expiry-past" }
  /** `index` is the position in the requested networks. */
  | { readonly kind: "network-invalid"; readonly index: number }
  | { readonly kind: "metadata-invalid"; readonly violation: string };

/** The client already holds the maximum number of keys, `most`. */
export type TooManyKeys = { readonly kind: "too-many-keys"; readonly most: number };

export function refusalOfTerms(wanted: Terms, scopes: readonly string[], now: Instant): TermsRefused | undefined {
  const [unknown] = missingScopes(scopes, wanted.scopes ?? []);
  if (unknown !== undefined) {
    return { kind: "scope-unknown", index: wanted.scopes?.indexOf(unknown) ?? 0, known: scopes };
  }
  if (typeof wanted.expiresAt === "number" && wanted.expiresAt <= now) return { kind: "expiry-past" };
  const index = (wanted.allowedIps ?? []).findIndex((network) => parseNetwork(network) === undefined);
  if (index >= 0) return { kind: "network-invalid", index };
  const violation = wanted.metadata && metadataViolation(wanted.metadata);
  return violation === undefined ? undefined : { kind: "metadata-invalid", violation };
}

/** Networks that `refusalOfTerms` accepts, in their canonical form. */
export function networksOf(wanted: readonly string[]): readonly string[] {
  return wanted.flatMap((network) => parseNetwork(network) ?? []);
}

/**
 * Refuses a key beyond the maximum. Exact inside the transaction that adds the key, because it holds the write lock.
 */
export async function refusalOfOneMore(
  clientId: string,
  { db, maxKeysPerClient: most }: ActionDeps,
  now: Instant,
): Promise<TooManyKeys | undefined> {
  return (await countHeldKeys(db, clientId, now)) < most ? undefined : { kind: "too-many-keys", most };
}
