import type { Instant } from "../lib/clock.ts";
import type { ApiKey } from "./key.ts";

/** `superseded`: rotated, and within the overlap in which it goes on working beside its successor. */
export type KeyState = "active" | "superseded" | "disabled" | "expired" | "revoked";

type Dates = Pick<ApiKey, "expiresAt" | "disabledAt" | "revokedAt" | "overlapEndsAt">;

/** The state of `key` at `now`. A key is dead from the very millisecond it expires, or its overlap ends. */
export function stateOf(key: Dates, now: Instant): KeyState {
  // No comparison with now: a revocation must hold even if the clock is set back.
  if (key.revokedAt !== null) return "revoked";
  // Revocation is a human decision and expiry only a timer, so the revocation is reported first.
  const endsAt = endOf(key);
  if (endsAt !== null && endsAt <= now) return "expired";
  if (key.disabledAt !== null) return "disabled";
  return key.overlapEndsAt === null ? "active" : "superseded";
}

/** When `key` stops working by itself: its expiry or the end of its overlap, whichever comes first. */
export function endOf({ expiresAt, overlapEndsAt }: Pick<Dates, "expiresAt" | "overlapEndsAt">): Instant | null {
  if (expiresAt === null || overlapEndsAt === null) return expiresAt ?? overlapEndsAt;
  return Math.min(expiresAt, overlapEndsAt);
}

/** May a key in this state be used? */
export function isUsable(state: KeyState): state is "active" | "superseded" {
  return state === "active" || state === "superseded";
}
