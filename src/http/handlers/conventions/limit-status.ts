import type { components } from "../../../contract/types.gen.ts";
import { type Instant, toTimestamp } from "../../../lib/time/clock.ts";
import type { Quota } from "../../../limits/limit.ts";
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
    // In the order of the charge, limits first: see `Verdict`.
    limits: standings.slice(0, limits.length).map(({ remaining, resetMs }, index) => {
      const { limit } = limits[index] as Charge["limits"][number];
      const { name, per, requests, windowSeconds, burst } = limit;
      const counted = per === "key" ? "key" : "client";
      return { name, per: counted, requests, windowSeconds, burst, remaining, resetSeconds: toSeconds(resetMs) };
    }),
    quotas: used.map((units, index) => {
      const { name, requests, period, isHard } = quotas[index] as Quota;
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
