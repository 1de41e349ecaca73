import { type BareItem, type Item, serializeItem, serializeList } from "structured-headers";
import type { Instant } from "../../lib/time/clock.ts";
import type { Limit, Quota, Standing } from "../../limits/limit.ts";
import type { Charge, Verdict } from "../../limits/limiter.ts";
import { type Span, spanOf } from "../../limits/period.ts";

/** The header that names the soft quotas that are exceeded. */
export const QUOTA_EXCEEDED = "Latchkey-Quota-Exceeded";

/**
 * The headers of draft-ietf-httpapi-ratelimit-headers: the limits of the request, and what remains of each. Soft quotas
 * never refuse a request, so they have a header of their own.
 * @returns name, value, name, value, …
 */
export function limitHeaders({ limits, quotas }: Charge, verdict: Verdict, now: Instant): string[] {
  const headers: string[] = [];
  let policies = "";
  for (const { limit } of limits) policies = joined(policies, serializedLimit(limit).policy);
  for (const quota of quotas) if (quota.isHard) policies = joined(policies, serializedQuota(quota, now).policy);
  if (policies !== "") {
    headers.push("RateLimit-Policy", policies, "RateLimit", serializedStandings(verdict, { limits, quotas }, now));
  }
  if (verdict.exceeded.length > 0) headers.push(QUOTA_EXCEEDED, serializeList(verdict.exceeded.map(toExceeded)));
  return headers;
}

/** Integers are written as they are (RFC 9651 §4.1.4), and the serialized names are cached: this runs on each request. */
function serializedStandings(
  { standings }: Verdict,
  { limits, quotas }: Pick<Charge, "limits" | "quotas">,
  now: Instant,
): string {
  let [text, index] = ["", 0];
  const add = (name: string) => {
    // The verdict has one standing for each limit and hard quota: see `Verdict`.
    const { remaining, resetMs } = standings[index++] as Standing;
    text = joined(text, `${name};r=${remaining};t=${toSeconds(resetMs)}`);
  };
  for (const { limit } of limits) add(serializedLimit(limit).name);
  for (const quota of quotas) if (quota.isHard) add(serializedQuota(quota, now).name);
  return text;
}

function joined(text: string, item: string): string {
  return text === "" ? item : `${text}, ${item}`;
}

type SerializedPolicy = { readonly name: string; readonly policy: string };

const serializedLimits = new WeakMap<Limit, SerializedPolicy>();
const serializedQuotas = new WeakMap<Quota, SerializedPolicy & { readonly span: Span }>();

function serializedLimit(limit: Limit): SerializedPolicy {
  const known = serializedLimits.get(limit);
  if (known !== undefined) return known;
  const { name, requests, windowSeconds, burst } = limit;
  const policy = serializeItem(toItem(name, { q: requests, w: windowSeconds, "latchkey-burst": burst }));
  const serialized = { name: serializeItem(name), policy };
  serializedLimits.set(limit, serialized);
  return serialized;
}

/** Cached for the current span only: months differ in length. */
function serializedQuota(quota: Quota, now: Instant): SerializedPolicy {
  const span = spanOf(quota.period, now);
  const known = serializedQuotas.get(quota);
  if (known?.span === span) return known;
  const { name, requests } = quota;
  const policy = serializeItem(toItem(name, { q: requests, w: (span.endsAt - span.startsAt) / 1000 }));
  const serialized = { name: serializeItem(name), policy, span };
  serializedQuotas.set(quota, serialized);
  return serialized;
}

function toExceeded({ quota: { name, requests }, used }: Verdict["exceeded"][number]): Item {
  return toItem(name, { q: requests, used });
}

/** Rounds up, so that a client that waits this long is not refused again. */
export function toSeconds(ms: number): number {
  return Math.ceil(ms / 1000);
}

function toItem(name: string, parameters: Readonly<Record<string, BareItem>>): Item {
  return [name, new Map(Object.entries(parameters))];
}
