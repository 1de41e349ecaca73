import type { ApiKey } from "../keys/key.ts";
import { isUsable } from "../keys/lifecycle.ts";
import { missingScopes } from "../keys/scopes.ts";
import type { Check } from "../usage/decision.ts";
import type { Identity, KnownKey } from "./identify.ts";

/** Why a request is not admitted. `kind` is the code of the problem that the caller gets. */
export type Refusal =
  | { readonly kind: "key-missing" }
  | { readonly kind: "key-ambiguous" }
  | { readonly kind: "key-in-query"; readonly parameter: string }
  | { readonly kind: "key-invalid" }
  | { readonly kind: "unavailable"; readonly cause: unknown }
  | KeyRefusal;

/** Why a key that was issued here is not admitted. */
export type KeyRefusal =
  | { readonly kind: "key-expired"; readonly key: ApiKey }
  | { readonly kind: "key-revoked"; readonly key: ApiKey }
  | { readonly kind: "key-disabled"; readonly key: ApiKey }
  | { readonly kind: "client-disabled"; readonly key: ApiKey }
  | { readonly kind: "environment-refused"; readonly key: ApiKey }
  | { readonly kind: "address-refused"; readonly key: ApiKey }
  | { readonly kind: "scope-missing"; readonly key: ApiKey; readonly scopes: readonly string[] };

type RefusalRow = {
  /** The stage that refuses. */
  readonly check: Check;
  /** Does the failed-key limiter count it against the address of the caller? */
  readonly isFailedKey: boolean;
};

/** Every refusal; titles and statuses stand in `PROBLEMS`. */
export const REFUSALS = {
  "key-missing": { check: "identify", isFailedKey: false },
  "key-ambiguous": { check: "identify", isFailedKey: false },
  "key-in-query": { check: "identify", isFailedKey: false },
  "key-invalid": { check: "identify", isFailedKey: true },
  "key-expired": { check: "authorize", isFailedKey: true },
  "key-revoked": { check: "authorize", isFailedKey: true },
  "key-disabled": { check: "authorize", isFailedKey: true },
  "client-disabled": { check: "authorize", isFailedKey: true },
  "environment-refused": { check: "authorize", isFailedKey: true },
  "address-refused": { check: "authorize", isFailedKey: true },
  "scope-missing": { check: "authorize", isFailedKey: true },
  unavailable: { check: "handle", isFailedKey: false },
} as const satisfies Readonly<Record<Refusal["kind"], RefusalRow>>;

export type Outcome = { readonly kind: "admitted"; readonly key: ApiKey } | Refusal;

/** May a caller with this identity call an operation that needs all of `scopes`? */
export function authorize(identity: Identity, scopes: readonly string[]): Outcome {
  switch (identity.kind) {
    case "none":
    // Only an operation whose upstream checks that credential admits it.
    case "other-credential":
      return { kind: "key-missing" };
    case "ambiguous":
      return { kind: "key-ambiguous" };
    case "in-query":
      return { kind: "key-in-query", parameter: identity.parameter };
    case "unknown":
      return { kind: "key-invalid" };
    case "undecided":
      return { kind: "unavailable", cause: identity.cause };
    case "known":
      return authorizeKey(identity, scopes);
  }
}

/** Is the key active and accepted here, whatever its scopes? */
export function isKeyAdmitted(identity: Identity): identity is KnownKey {
  return authorize(identity, []).kind === "admitted";
}

function authorizeKey(
  { key, state, isAccepted, isAddressAllowed }: Extract<Identity, { readonly kind: "known" }>,
  scopes: readonly string[],
): Outcome {
  if (!isUsable(state)) return { kind: `key-${state}`, key };
  if (key.client.disabledAt !== null) return { kind: "client-disabled", key };
  if (!isAccepted) return { kind: "environment-refused", key };
  if (!isAddressAllowed) return { kind: "address-refused", key };

  const missing = missingScopes(key.scopes, scopes);
  return missing.length > 0 ? { kind: "scope-missing", key, scopes: missing } : { kind: "admitted", key };
}
