import type { Authority } from "../../../admin/actions.ts";
import type { RightLost } from "../../../admin/perform-action.ts";
import type { ApiKey } from "../../../keys/key.ts";

/** What the holder of a key may do with administrative actions. */
export function toAuthority({ scopes, expiresAt, allowedIps }: ApiKey): Authority {
  return { kind: "key", scopes, expiresAt, allowedIps };
}

/** The response to a key that lost its permission before the action was performed. */
export function toRefusal({ why, key }: RightLost) {
  return { refusal: { ...why, key } } as const;
}

/** The response to a key that would grant, or enable, a permission that it does not hold itself. */
export function notGrantable(scopes: readonly string[]) {
  return {
    problem: "scope-not-grantable",
    detail: `Your key cannot grant ${scopes.join(", ")}; it must hold the scopes itself, and grants them only within its own expiry and networks.`,
  } as const;
}
