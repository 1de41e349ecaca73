/** What is left of a limit or quota, according to a response. */
export type Standing = {
  readonly name: string;
  /** The units available now. */
  readonly remaining: number;
  /** If nothing is left, the time until there is. */
  readonly resetMs: number;
  /** The time in which one unit comes back. */
  readonly unitMs: number;
  /** The maximum number of units. */
  readonly burst: number;
};

/** Reads `RateLimit` and `RateLimit-Policy` (draft-ietf-httpapi-ratelimit-headers). Invalid fields are ignored. */
export function standingsOf(headers: Headers): readonly Standing[] {
  const policies = itemsOf(headers.get("ratelimit-policy"));
  return [...itemsOf(headers.get("ratelimit"))].flatMap(([name, { r: remaining, t: seconds = 1 }]) => {
    if (remaining === undefined) return [];
    const { q: quota, w: windowSeconds, "latchkey-burst": burst } = policies.get(name) ?? {};
    const unitMs = (quota && windowSeconds ? windowSeconds / quota : seconds || 1) * 1000;
    const headerMs = seconds * 1000;
    // `t` is rounded up. Units of a limit with a burst come back one by one; within that second, one unit is the wait.
    const resetMs = burst && headerMs - unitMs < 1000 ? Math.min(headerMs, unitMs + 1) : headerMs;
    return { name, remaining, resetMs, unitMs, burst: burst || quota || Math.max(1, remaining) };
  });
}

type Parameters = { readonly [name: string]: number | undefined };

/** The string items of a List (RFC 9651 §3.1), with their integer parameters. */
function itemsOf(field: string | null): ReadonlyMap<string, Parameters> {
  const items = (field ?? "").matchAll(/"([^"\\]{1,200})"([^,"]*)/g);
  return new Map(
    [...items].map(([, name = "", parameters = ""]) => {
      const numbers = parameters.matchAll(/; *([\w-]+)=(\d{1,15}) *(?=;|$)/g);
      return [name, Object.fromEntries([...numbers].map(([, parameter, number]) => [parameter, Number(number)]))];
    }),
  );
}
