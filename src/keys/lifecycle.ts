import type { Instant } from "../lib/clock.ts";
import type { ApiKey } from "./key.ts";

export type KeyState = "active" | "expired" | "revoked";

/** The state of `key` at `now`. A key is dead from the very millisecond it expires. */
export function stateOf(key: Pick<ApiKey, "expiresAt" | "revokedAt">, now: Instant): KeyState {
  // No comparison with now: a revocation must hold even if the clock is set back.
  if (key.revokedAt !== null) return "revoked";
  // Revocation is a human decision and expiry only a timer, so the revocation is reported first.
  if (key.expiresAt !== null && key.expiresAt <= now) return "expired";
  return "active";
}
