import type { Instant } from "../lib/time/clock.ts";

/** What a client or a key has instead of what its plan says. */
export type Override = {
  /** No limit and no quota counts. */
  readonly isUnlimited: boolean;
  /** From then on the plan counts again; null: for good. */
  readonly until: Instant | null;
  /** By the name of a limit or quota of the plan. */
  readonly set: Readonly<Record<string, OverrideTerms>>;
};

export type OverrideTerms = {
  readonly requests: number;
  /** Left out: that of the plan. A quota has neither of the two. */
  readonly windowSeconds?: number;
  readonly burst?: number;
};

/** The override, while it counts. */
export function inForce(override: Override | null, now: Instant): Override | null {
  return override !== null && (override.until === null || now < override.until) ? override : null;
}

/** `unlimited`, or `perKey=1000/60s, monthly=50000`, and until when: for people and the audit log. */
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
