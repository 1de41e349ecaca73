import type { LimitTermsRefused } from "../../../admin/limit-terms.ts";
import type { components } from "../../../contract/types.gen.ts";
import type { Override } from "../../../keys/override.ts";
import { parseTimestamp } from "../../../lib/time/clock.ts";
import { invalidField, MUST_BE_TIMESTAMP } from "./invalid-input.ts";

type RequestedOverride = components["schemas"]["LimitOverride"];

/** The override that a change asks for; undefined if it asks for none, or if its end is not a valid time. */
export function toOverride(requested: RequestedOverride | undefined): Override | null | undefined {
  if (requested === undefined || requested === null) return requested;
  const until = toEnd(requested);
  if (until === undefined) return undefined;
  return { isUnlimited: requested.unlimited ?? false, until, set: requested.set ?? {} };
}

export function hasInvalidEnd(requested: RequestedOverride | undefined): boolean {
  return requested !== undefined && requested !== null && toEnd(requested) === undefined;
}

function toEnd({ until = null }: NonNullable<RequestedOverride>) {
  return until === null ? null : parseTimestamp(until);
}

export const END_INVALID = invalidField("limits/until", MUST_BE_TIMESTAMP);

export function toLimitsProblem(outcome: LimitTermsRefused) {
  return outcome.kind === "plan-unknown"
    ? invalidField(
        "plan",
        `must be one of ${outcome.known.join(", ") || "left out, as the contract declares no plans"}`,
      )
    : invalidField("limits", outcome.violation);
}
