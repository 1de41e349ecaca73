/** Where a limit or quota stands, as an answer tells it. */
export type Standing = {
  readonly name: string;
  /** So many units can be taken now. */
  readonly remaining: number;
  /** Where nothing remains: until there is something again. */
  readonly resetMs: number;
  /** One unit comes back in this time. */
  readonly unitMs: number;
  /** There are never more units than this. */
  readonly burst: number;
};

/** Reads `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers); what is no such field says nothing. */
export function standingsOf(headers: Headers): readonly Standing[] {
  const policies = itemsOf(headers.get("ratelimit-policy"));
  return [...itemsOf(headers.get("ratelimit"))].flatMap(([name, { r: remaining, t: seconds = 1 }]) => {
    if (remaining === undefined) return [];
    const { q: quota, w: windowSeconds, "latchkey-burst": burst } = policies.get(name) ?? {};
    const unitMs = (quota && windowSeconds ? windowSeconds / quota : seconds || 1) * 1000;
    const toldMs = seconds * 1000;
    // `t` is rounded up. What has a burst comes back bit by bit: where a unit is within that second, it is the wait.
    const resetMs = burst && toldMs - unitMs < 1000 ? Math.min(toldMs, unitMs + 1) : toldMs;
    return { name, remaining, resetMs, unitMs, burst: burst || quota || Math.max(1, remaining) };
  });
}

type Parameters = { readonly [name: string]: number | undefined };

/** The items of a List (RFC 9651 §3.1) that are plain texts, with those of their parameters that are whole numbers. */
function itemsOf(field: string | null): ReadonlyMap<string, Parameters> {
  const items = (field ?? "").matchAll(/"([^"\\]{1,200})"([^,"]*)/g);
  return new Map(
    [...items].map(([, name = "", parameters = ""]) => {
      const numbers = parameters.matchAll(/; *([\w-]+)=(\d{1,15}) *(?=;|$)/g);
      return [name, Object.fromEntries([...numbers].map(([, parameter, number]) => [parameter, Number(number)]))];
    }),
  );
}
