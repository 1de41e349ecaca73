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
  const { names, policies } = serializedOf(limits, quotas, now);
  if (names.length > 0) headers.push("RateLimit-Policy", policies, "RateLimit", serializedStandings(verdict, names));
  if (verdict.exceeded.length > 0) headers.push(QUOTA_EXCEEDED, serializeList(verdict.exceeded.map(toExceeded)));
  return headers;
}

/** Integers are written as they are (RFC 9651 §4.1.4). */
function serializedStandings({ standings }: Verdict, names: readonly string[]): string {
  let text = "";
  for (let index = 0; index < names.length; index++) {
    // The verdict has one standing for each limit and hard quota: see `Verdict`.
    const { remaining, resetMs } = standings[index] as Standing;
    if (index > 0) text += ", ";
    text += `${names[index]};r=${remaining};t=${toSeconds(resetMs)}`;
  }
  return text;
}

/** What the headers say about limits and quotas, whatever remains of them. */
type Serialized = {
  readonly limits: readonly Limit[];
  readonly quotas: readonly Quota[];
  /** The time in which it is valid: months differ in length. */
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  /** The names of the limits, then of the hard quotas. */
  readonly names: readonly string[];
  readonly policies: string;
};

/** By the first limit or quota. This runs on each request, and most requests have the same limits and quotas. */
const SERIALIZED = new WeakMap<Limit | Quota, Serialized>();

function serializedOf(limits: Charge["limits"], quotas: readonly Quota[], now: Instant): Serialized {
  const first = limits[0]?.limit ?? quotas[0];
  if (first === undefined) return NOTHING;
  const known = SERIALIZED.get(first);
  if (known !== undefined && isOf(known, limits, quotas) && known.startsAt <= now && now < known.endsAt) return known;
  const serialized = serialize(
    limits.map(({ limit }) => limit),
    quotas,
    now,
  );
  SERIALIZED.set(first, serialized);
  return serialized;
}

const NOTHING: Serialized = { limits: [], quotas: [], startsAt: 0, endsAt: 0, names: [], policies: "" };

function isOf(known: Serialized, limits: Charge["limits"], quotas: readonly Quota[]): boolean {
  if (known.limits.length !== limits.length || known.quotas.length !== quotas.length) return false;
  for (let index = 0; index < limits.length; index++) if (limits[index]?.limit !== known.limits[index]) return false;
  for (let index = 0; index < quotas.length; index++) if (quotas[index] !== known.quotas[index]) return false;
  return true;
}

function serialize(limits: readonly Limit[], quotas: readonly Quota[], now: Instant): Serialized {
  const hard = quotas.filter(({ isHard }) => isHard).map((quota) => serializedQuota(quota, now));
  const all = [...limits.map(serializedLimit), ...hard];
  return {
    limits,
    quotas,
    startsAt: Math.max(...hard.map(({ span }) => span.startsAt)),
    endsAt: Math.min(...hard.map(({ span }) => span.endsAt)),
    names: all.map(({ name }) => name),
    policies: all.map(({ policy }) => policy).join(", "),
  };
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
function serializedQuota(quota: Quota, now: Instant): SerializedPolicy & { readonly span: Span } {
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
