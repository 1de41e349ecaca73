import type { Instant } from "../lib/time/clock.ts";
import type { ApiKey } from "./key.ts";
import { areCovered } from "./networks.ts";
import { missingScopes } from "./scopes.ts";

/** `superseded`: rotated, but still working beside its successor until the overlap ends. */
export type KeyState = (typeof KEY_STATES)[number];

export const KEY_STATES = ["active", "superseded", "disabled", "expired", "revoked"] as const;

type Dates = Pick<ApiKey, "expiresAt" | "disabledAt" | "revokedAt" | "overlapEndsAt">;

/** The state of `key` at `now`. A key is invalid from the very millisecond that it expires or its overlap ends. */
export function stateOf(key: Dates, now: Instant): KeyState {
  // Not compared with `now`: a revocation must hold even if the clock is set back.
  if (key.revokedAt !== null) return "revoked";
  // Reported before expiry, because revocation is a human decision and expiry only a timer.
  const endsAt = endOf(key);
  if (endsAt !== null && endsAt <= now) return "expired";
  if (key.disabledAt !== null) return "disabled";
  return key.overlapEndsAt === null ? "active" : "superseded";
}

/** When `key` stops working by itself: at its expiry or the end of its overlap, whichever is first. */
export function endOf({ expiresAt, overlapEndsAt }: Pick<Dates, "expiresAt" | "overlapEndsAt">): Instant | null {
  if (expiresAt === null || overlapEndsAt === null) return expiresAt ?? overlapEndsAt;
  return Math.min(expiresAt, overlapEndsAt);
}

/** May a key in this state be used? */
export function isUsable(state: KeyState): state is "active" | "superseded" {
  return state === "active" || state === "superseded";
}

/**
 * Does the key count towards the maximum number of keys of its client? A rotated key does not, because its successor
 * does: so a rotation is possible at the maximum.
 */
export function countsAsHeld(key: Pick<ApiKey, "revokedAt" | "successorId" | "expiresAt">, now: Instant): boolean {
  return key.revokedAt === null && key.successorId === null && (key.expiresAt === null || key.expiresAt > now);
}

type Rights = Pick<ApiKey, "scopes" | "expiresAt" | "allowedIps" | "selfRotation">;

/** Does `after` allow a key anything that `before` does not? */
export function isLoosened(before: Rights, after: Rights): boolean {
  return (
    isLessRestricted(after, before) ||
    missingScopes(before.scopes, after.scopes).length > 0 ||
    (after.selfRotation && !before.selfRotation)
  );
}

type Restrictions = Pick<ApiKey, "expiresAt" | "allowedIps">;

/** Does `key` expire later than `other`, or work from addresses where `other` does not? */
export function isLessRestricted(key: Restrictions, other: Restrictions): boolean {
  const endsLater = (key.expiresAt ?? Number.POSITIVE_INFINITY) > (other.expiresAt ?? Number.POSITIVE_INFINITY);
  return endsLater || !areCovered(other.allowedIps, key.allowedIps);
}
