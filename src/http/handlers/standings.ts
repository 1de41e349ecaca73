import type { chargeOf } from "../../auth/rules.ts";
import type { components } from "../../contract/types.gen.ts";
import { type Instant, toTimestamp } from "../../lib/clock.ts";
import type { Verdict } from "../../limits/limiter.ts";
import { spanOf } from "../../limits/period.ts";
import { toSeconds } from "../limit-headers.ts";

type Schemas = components["schemas"];

/** Limits and quotas of a key as its holder may see them. */
export function viewOfStandings(
  { limits, quotas }: ReturnType<typeof chargeOf>,
  { standings, used }: Verdict,
  now: Instant,
): { readonly limits: Schemas["LimitStanding"][]; readonly quotas: Schemas["QuotaStanding"][] } {
  return {
    limits: limits.map(({ limit: { name, per, requests, windowSeconds, burst } }) => {
      const { remaining = burst, resetMs = 0 } = standings.find((one) => one.name === name) ?? {};
      const counted = per === "key" ? "key" : "client";
      return { name, per: counted, requests, windowSeconds, burst, remaining, resetSeconds: toSeconds(resetMs) };
    }),
    quotas: quotas.map(({ name, requests, period, isHard }, index) => {
      const usedOfIt = Math.max(0, used[index] ?? 0);
      return {
        name,
        requests,
        period,
        enforcement: isHard ? "hard" : "soft",
        used: usedOfIt,
        remaining: Math.max(0, requests - usedOfIt),
        endsAt: toTimestamp(spanOf(period, now).endsAt),
      };
    }),
  };
}
