import type { Instant } from "../lib/time/clock.ts";

/** Limits of a client or a key that replace those of its plan. */
export type Override = {
  /** No limit or quota applies. */
  readonly isUnlimited: boolean;
  /** When the plan applies again; null: never. */
  readonly until: Instant | null;
  /** New terms, by name of a limit or quota of the plan. */
  readonly set: Readonly<Record<string, OverrideTerms>>;
};

export type OverrideTerms = {
  readonly requests: number;
  /** If omitted, that of the plan. Quotas have no window and no burst. */
  readonly windowSeconds?: number;
  readonly burst?: number;
};

/** `override` if it is in force at `now`, otherwise null. */
export function inForce(override: Override | null, now: Instant): Override | null {
  return override !== null && (override.until === null || now < override.until) ? override : null;
}

/** Describes an override for people and the audit log, such as `perKey=1000/60s, monthly=50000 until …`. */
export function describeOverride(override: Override | null): string {
  if (override === null) return "none";
  const terms = Object.entries(override.set).map(([name, { requests, windowSeconds, burst }]) =>
    [
      `${name}=${requests}`,
      windowSeconds === undefined ? "" : `/${windowSeconds}s`,
      burst === undefined ? "" : ` burst ${burst}`,
    ].join(""),
  );
  const words = override.isUnlimited ? "unlimited" : terms.join(", ");
  return override.until === null ? words : `${words} until ${new Date(override.until).toISOString()}`;
}
