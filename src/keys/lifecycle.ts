import type { Instant } from "../lib/time/clock.ts";
import type { ApiKey } from "./key.ts";
import { areCovered } from "./networks.ts";
import { missingScopes } from "./scopes.ts";

/** `superseded`: rotated, and within the overlap in which it goes on working beside its successor. */
export type KeyState = (typeof KEY_STATES)[number];

export const KEY_STATES = ["active", "superseded", "disabled", "expired", "revoked"] as const;

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

/**
 * Does the key count towards how many its client may hold? One that was rotated does not, for its successor does: a
 * rotation needs no room.
 */
export function countsAsHeld(key: Pick<ApiKey, "revokedAt" | "successorId" | "expiresAt">, now: Instant): boolean {
  return key.revokedAt === null && key.successorId === null && (key.expiresAt === null || key.expiresAt > now);
}

type Rights = Pick<ApiKey, "scopes" | "expiresAt" | "allowedIps" | "selfRotation">;

/** May the key do, with `after`, anything that it may not with `before`? */
export function isLoosened(before: Rights, after: Rights): boolean {
  return (
    isLessRestricted(after, before) ||
    missingScopes(before.scopes, after.scopes).length > 0 ||
    (after.selfRotation && !before.selfRotation)
  );
}

type Span = Pick<ApiKey, "expiresAt" | "allowedIps">;

/** Does `key` expire later than `other`, or work from where `other` does not? */
export function isLessRestricted(key: Span, other: Span): boolean {
  const endsLater = (key.expiresAt ?? Number.POSITIVE_INFINITY) > (other.expiresAt ?? Number.POSITIVE_INFINITY);
  return endsLater || !areCovered(other.allowedIps, key.allowedIps);
}
