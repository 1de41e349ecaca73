import type { Limit } from "../../limits/limit.ts";

/** A limit as a caller meets it, such as `60 in 60 s for each key: 6 at once, then 1 a second`. */
export function describeLimit({ per, requests, windowSeconds, burst }: Limit): string {
  return `${requests} in ${windowSeconds} s for each ${per}, ${atOnce({ requests, windowSeconds, burst })}`;
}

/** How many calls pass at once, and how fast they pass after that. */
export function atOnce({ requests, windowSeconds, burst }: Pick<Limit, "requests" | "windowSeconds" | "burst">) {
  return `${burst} at once, then ${rateText(requests / windowSeconds)}`;
}

function rateText(perSecond: number): string {
  if (perSecond >= 1) return `${rounded(perSecond)} a second`;
  const seconds = 1 / perSecond;
  return seconds < 3600 ? `one each ${rounded(seconds)} s` : `one each ${rounded(seconds / 3600)} h`;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(value < 10 ? 1 : 0)));
}

type QuotaStanding = {
  readonly requests: number;
  readonly used: number;
  readonly remaining: number;
  readonly endsAt: string;
};

/** What remains of a quota. */
export function quotaLine({ requests, used, remaining, endsAt }: QuotaStanding): string {
  return `${remaining} of ${requests} remain until ${endsAt} (${used} used)`;
}
