/** Pieces of a graph by index, each with the number of ways that lead to it. */
export type Ways = ReadonlyMap<number, number>;

/** A part of a graph: in how many ways it matches the empty text, and the pieces that it begins and ends with. */
export type Part = {
  readonly empty: number;
  readonly first: Ways;
  readonly last: Ways;
};

/** The part that matches only the empty text, in one way. */
export const EMPTY: Part = { empty: 1, first: new Map(), last: new Map() };

/** A part that matches whatever one of `parts` matches. */
export function either(parts: readonly Part[]): Part {
  return parts.reduce((one, other) => ({
    empty: one.empty + other.empty,
    first: sum(one.first, other.first),
    last: sum(one.last, other.last),
  }));
}

/** A part that also matches the empty text. */
export function optional(part: Part): Part {
  return { ...part, empty: 1 };
}

export function sum(one: Ways, other: Ways): Ways {
  if (one.size === 0) return other;
  if (other.size === 0) return one;
  const total = new Map(one);
  for (const [at, count] of other) total.set(at, (total.get(at) ?? 0) + count);
  return total;
}

export function times(ways: Ways, factor: number): Ways {
  if (factor === 1) return ways;
  return factor === 0 ? new Map() : new Map([...ways].map(([at, count]) => [at, count * factor]));
}
