import { networkOf } from "../keys/networks.ts";
import type { TickSource } from "../lib/clock.ts";
import { hasRoom, type Level, levelAt, waitMs, weightOf } from "../limits/gcra.ts";
import { createRecent } from "./recent.ts";

export type Strangers = {
  /**
   * Counts a key that failed, and says in how many milliseconds it is worth to try another one; 0: at once. Nobody whose
   * key is good is ever asked, so that no stranger can lock out a neighbour.
   */
  readonly fail: (address: string) => number;
};

/** How many addresses are remembered; those that failed last. */
const MOST_ADDRESSES = 20_000;

/**
 * Limits how many keys can be tried from one address, IPv6 by /64.
 * @param perMinute 0: as many as they like.
 */
export function createStrangers(
  { ticks, perMinute }: { readonly ticks: TickSource; readonly perMinute: number },
  mostAddresses = MOST_ADDRESSES,
): Strangers {
  const rate = { requests: perMinute, windowSeconds: 60, burst: perMinute };
  const addresses = createRecent<Level>(mostAddresses);
  return {
    fail: (address) => {
      if (perMinute === 0) return 0;
      const now = ticks.now();
      const id = networkOf(address);
      const state = addresses.get(id) ?? { level: 0, at: now };
      const level = levelAt(rate, state, now);
      if (!hasRoom(rate, level, 1)) return waitMs(rate, level, 1);
      addresses.set(id, { level: level + weightOf(rate, 1), at: now });
      return 0;
    },
  };
}
