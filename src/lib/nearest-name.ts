/** Of `names` the one that `name` is most likely a misspelling of: another case, other separators, or a few letters off. */
export function nearestName(name: string, names: readonly string[]): string | undefined {
  const wanted = toLetters(name);
  const scored = names.map((candidate) => ({ candidate, distance: distanceOf(wanted, toLetters(candidate)) }));
  const [best] = scored.toSorted((one, other) => one.distance - other.distance);
  return best !== undefined && best.distance <= MOST_EDITS * Math.max(wanted.length, 3) ? best.candidate : undefined;
}

/** The most edits that still count as a misspelling, for each letter of the name. */
const MOST_EDITS = 0.34;

/** Longer names are cut: the time grows with the square. */
const MOST_LETTERS = 64;

function toLetters(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, "")
    .slice(0, MOST_LETTERS);
}

/** How many letters must be added, removed, replaced, or swapped with their neighbour. */
function distanceOf(one: string, other: string): number {
  let [before, last]: [readonly number[], readonly number[]] = [
    [],
    Array.from({ length: other.length + 1 }, (_, at) => at),
  ];
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const [letter, wanted] = [one[row - 1], other[column - 1]];
      const isSwap = letter === other[column - 2] && one[row - 2] === wanted;
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (letter === wanted ? 0 : 1),
          isSwap ? (before[column - 2] ?? 0) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [before, last] = [last, current];
  }
  return last[other.length] ?? 0;
}
