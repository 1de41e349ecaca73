/** Returns a number from 0 (inclusive) to 1 (exclusive). It only spreads waits and need not be secure. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();
