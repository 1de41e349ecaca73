/** From 0 up to, but never, 1. It scatters waits and guards nothing. */
export type Random = () => number;

export const systemRandom: Random = () => Math.random();
