import type { Instant } from "../lib/time/clock.ts";
import { remainingOf, waitMs } from "./gcra.ts";
import type { Limit, Quota, Standing } from "./limit.ts";
import type { Verdict } from "./limiter.ts";
import { spanOf } from "./period.ts";

export function standingOfLimit(limit: Limit, level: number): Standing {
  const remaining = remainingOf(limit, level);
  const resetMs = remaining > 0 ? Math.ceil(level / limit.requests) : waitMs(limit, level, 1);
  return { name: limit.name, remaining, resetMs };
}

export function standingOfQuota({ name, requests, period }: Quota, used: number, now: Instant): Standing {
  return { name, remaining: Math.max(0, requests - used), resetMs: spanOf(period, now).endsAt - now };
}

const NONE: Verdict["exceeded"] = [];

/** The soft quotas that are used up. @param used the units used of each quota, in the order of `quotas`. */
export function exceededQuotas(quotas: readonly Quota[], used: readonly number[]): Verdict["exceeded"] {
  let exceeded = NONE;
  for (const [index, quota] of quotas.entries()) {
    const units = used[index] ?? 0;
    if (!quota.isHard && units > quota.requests) exceeded = [...exceeded, { quota, used: units }];
  }
  return exceeded;
}
