import type { components } from "../../../contract/types.gen.ts";
import { type Instant, toTimestamp } from "../../../lib/time/clock.ts";
import type { Standing } from "../../../limits/limit.ts";
import type { Charge, Verdict } from "../../../limits/limiter.ts";
import { spanOf } from "../../../limits/period.ts";
import { toSeconds } from "../../reply/limit-headers.ts";

type Schemas = components["schemas"];

/** The limits and quotas of a key as its holder sees them. */
export function viewOfLimitStatus(
  { limits, quotas }: Charge,
  { standings, used }: Verdict,
  now: Instant,
): { readonly limits: Schemas["LimitStanding"][]; readonly quotas: Schemas["QuotaStanding"][] } {
  return {
    limits: limits.map(({ limit }, index) => {
      const { name, per, requests, windowSeconds, burst } = limit;
      // The standings are in the order of the charge, limits first: see `Verdict`.
      const { remaining, resetMs } = standings[index] as Standing;
      const counted = per === "key" ? "key" : "client";
      return { name, per: counted, requests, windowSeconds, burst, remaining, resetSeconds: toSeconds(resetMs) };
    }),
    quotas: quotas.map(({ name, requests, period, isHard }, index) => {
      const units = used[index] ?? 0;
      return {
        name,
        requests,
        period,
        enforcement: isHard ? "hard" : "soft",
        used: Math.max(0, units),
        remaining: Math.max(0, requests - units),
        endsAt: toTimestamp(spanOf(period, now).endsAt),
      };
    }),
  };
}
