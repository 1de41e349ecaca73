/** The largest of `values`, at least 0. `Math.max(...values)` would overflow the stack at 200,000 values. */
export function largestOf(values: Iterable<number>): number {
  let largest = 0;
  for (const value of values) if (value > largest) largest = value;
  return largest;
}
