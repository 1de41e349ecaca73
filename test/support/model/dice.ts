/** Random numbers that a seed makes repeatable. */
export type Dice = {
  /** A whole number from 0 to `count` − 1. */
  readonly below: (count: number) => number;
  readonly pick: <T>(list: readonly T[]) => T;
};

/** Mulberry32: good enough to vary tests, and not for anything else. */
export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const below = (count: number) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * count);
  };
  return { below, pick: (list) => list[below(list.length)]! };
}
