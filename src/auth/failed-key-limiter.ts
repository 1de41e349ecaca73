import { networkOf } from "../keys/networks.ts";
import { createLruCache } from "../lib/lru-cache.ts";
import type { TickSource, Ticks } from "../lib/time/clock.ts";
import { hasRoom, type Level, levelAt, waitMs, weightOf } from "../limits/gcra.ts";

export type FailedKeyLimiter = {
  /**
   * Counts a key that failed, and says in how many milliseconds it is worth to try another one; 0: at once. Nobody whose
   * key is good is ever asked, so that no stranger can lock out a neighbour.
   */
  readonly fail: (address: string) => number;
  /** The same without counting anything. */
  readonly waitOf: (address: string) => number;
};

/** How many addresses are remembered; those that failed last. */
const MOST_ADDRESSES = 20_000;

/**
 * Limits how many keys can be tried from one address, IPv6 by /64.
 * @param perMinute 0: as many as they like.
 */
export function createFailedKeyLimiter(
  { ticks, perMinute }: { readonly ticks: TickSource; readonly perMinute: number },
  mostAddresses = MOST_ADDRESSES,
): FailedKeyLimiter {
  const rate = { requests: perMinute, windowSeconds: 60, burst: perMinute };
  const addresses = createLruCache<Level>(mostAddresses);
  const levelOf = (id: string, now: Ticks) => {
    const state = addresses.get(id);
    return state === undefined ? 0 : levelAt(rate, state, now);
  };

  return {
    fail: (address) => {
      if (perMinute === 0) return 0;
      const [id, now] = [networkOf(address), ticks.now()];
      const level = levelOf(id, now);
      if (!hasRoom(rate, level, 1)) return waitMs(rate, level, 1);
      addresses.set(id, { level: level + weightOf(rate, 1), at: now });
      return 0;
    },
    waitOf: (address) => (perMinute === 0 ? 0 : waitMs(rate, levelOf(networkOf(address), ticks.now()), 1)),
  };
}
