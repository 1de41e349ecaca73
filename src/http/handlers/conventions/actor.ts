import type { Authority } from "../../../admin/actions.ts";
import type { RightLost } from "../../../admin/perform-action.ts";
import type { ApiKey } from "../../../keys/key.ts";

/** A key as the deeds see it: it may do what its scopes allow. */
export function toAuthority({ scopes, expiresAt, allowedIps }: ApiKey): Authority {
  return { kind: "key", scopes, expiresAt, allowedIps };
}

/** The answer to a key that lost its right to the deed before it was done. */
export function toRefusal({ why, key }: RightLost) {
  return { refusal: { ...why, key } } as const;
}

/** The answer to a key that would pass on, or wake, what it does not hold itself. */
export function notGrantable(scopes: readonly string[]) {
  return {
    problem: "scope-not-grantable",
    detail: `Your key can grant these scopes only if it holds them itself, and only within its own expiry and networks: ${scopes.join(", ")}.`,
  } as const;
}
