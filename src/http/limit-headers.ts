import { type BareItem, type Item, type List, serializeList } from "structured-headers";
import type { Instant } from "../lib/clock.ts";
import type { Charge, Verdict } from "../limits/limiter.ts";
import { spanOf } from "../limits/period.ts";

/** The soft quotas that are used up. */
export const QUOTA_EXCEEDED = "Latchkey-Quota-Exceeded";

/** draft-ietf-httpapi-ratelimit-headers: what counts, and where it stands. Soft quotas refuse nothing, so they are apart. */
export function limitHeaders({ limits, quotas }: Charge, verdict: Verdict, now: Instant): Record<string, string> {
  const policies: List = [
    ...limits.map(({ limit: { name, requests, windowSeconds, burst } }) =>
      toItem(name, { q: requests, w: windowSeconds, "latchkey-burst": burst }),
    ),
    ...quotas
      .filter(({ isHard }) => isHard)
      .map(({ name, requests, period }) => {
        const { startsAt, endsAt } = spanOf(period, now);
        return toItem(name, { q: requests, w: (endsAt - startsAt) / 1000 });
      }),
  ];
  const standings: List = verdict.standings.map(({ name, remaining, resetMs }) =>
    toItem(name, { r: remaining, t: toSeconds(resetMs) }),
  );
  const exceeded: List = verdict.exceeded.map(({ quota: { name, requests }, used }) =>
    toItem(name, { q: requests, used }),
  );
  return {
    ...(policies.length > 0 && {
      "RateLimit-Policy": serializeList(policies),
      RateLimit: serializeList(standings),
    }),
    ...(exceeded.length > 0 && { [QUOTA_EXCEEDED]: serializeList(exceeded) }),
  };
}

/** Up, so that whoever waits that long is not refused. */
export function toSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function toItem(name: string, parameters: Readonly<Record<string, BareItem>>): Item {
  return [name, new Map(Object.entries(parameters))];
}
