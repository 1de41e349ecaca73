import { networkOf } from "../keys/networks.ts";
import { createLruCache } from "../lib/lru-cache.ts";
import type { TickSource, Ticks } from "../lib/time/clock.ts";
import { hasRoom, type Level, levelAt, waitMs, weightOf } from "../limits/gcra.ts";

/**
 * Limits how many failed keys an address may send. It is asked about failed keys only, so that unknown callers cannot
 * lock out valid keys that share their address.
 */
export type FailedKeyLimiter = {
  /** Counts a failed key. @returns how many milliseconds the address must wait; 0: not at all. */
  readonly countFailure: (address: string) => number;
  /** The same without counting. */
  readonly waitMsOf: (address: string) => number;
};

/** How many addresses are remembered: those with the latest failures. */
const MAX_ADDRESSES = 20_000;

/**
 * Addresses are counted by themselves, IPv6 by /64.
 * @param perMinute 0: no limit.
 */
export function createFailedKeyLimiter(
  { ticks, perMinute }: { readonly ticks: TickSource; readonly perMinute: number },
  maxAddresses = MAX_ADDRESSES,
): FailedKeyLimiter {
  const rate = { requests: perMinute, windowSeconds: 60, burst: perMinute };
  const addresses = createLruCache<Level>(maxAddresses);
  const levelOf = (id: string, now: Ticks) => {
    const state = addresses.get(id);
    return state === undefined ? 0 : levelAt(rate, state, now);
  };

  return {
    countFailure: (address) => {
      if (perMinute === 0) return 0;
      const [id, now] = [networkOf(address), ticks.now()];
      const level = levelOf(id, now);
      if (!hasRoom(rate, level, 1)) return waitMs(rate, level, 1);
      addresses.set(id, { level: level + weightOf(rate, 1), at: now });
      return 0;
    },
    waitMsOf: (address) =>
      perMinute === 0 || addresses.size() === 0 ? 0 : waitMs(rate, levelOf(networkOf(address), ticks.now()), 1),
  };
}
