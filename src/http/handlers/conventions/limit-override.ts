import type { LimitTermsRefused } from "../../../admin/limit-terms.ts";
import type { components } from "../../../contract/types.gen.ts";
import type { Override } from "../../../keys/override.ts";
import { parseTimestamp } from "../../../lib/time/clock.ts";
import { invalidField, NO_INSTANT } from "./invalid-input.ts";

type WishedOverride = components["schemas"]["LimitOverride"];

/** What a change says of limits; undefined where it says nothing, and where its end is no time. */
export function toOverride(wished: WishedOverride | undefined): Override | null | undefined {
  if (wished === undefined || wished === null) return wished;
  const until = toEnd(wished);
  if (until === undefined) return undefined;
  return { isUnlimited: wished.unlimited ?? false, until, set: wished.set ?? {} };
}

export function isEndless(wished: WishedOverride | undefined): boolean {
  return wished !== undefined && wished !== null && toEnd(wished) === undefined;
}

function toEnd({ until = null }: NonNullable<WishedOverride>) {
  return until === null ? null : parseTimestamp(until);
}

export const NO_END = invalidField("limits/until", NO_INSTANT);

export function toLimitsProblem(outcome: LimitTermsRefused) {
  return outcome.kind === "plan-unknown"
    ? invalidField("plan", `must be one of ${outcome.known.join(", ") || "none, for the contract declares no plan"}`)
    : invalidField("limits", outcome.violation);
}
