const WIDTH = 30;
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const LEVELS = "▁▂▃▄▅▆▇█";

/** A bar whose length shows `value` in proportion to `most`, to an eighth of a character. */
export function toBar(value: number, most: number): string {
  if (most <= 0) return "";
  const eighths = Math.round((value / most) * WIDTH * 8);
  return "█".repeat(Math.floor(eighths / 8)) + EIGHTHS[eighths % 8];
}

/** One character for each group of values; neighbours are summed until the line fits into `width`. */
export function toSparkline(values: readonly number[], width = 24): string {
  const size = Math.max(1, Math.ceil(values.length / width));
  const sums = Array.from({ length: Math.ceil(values.length / size) }, (_, index) =>
    values.slice(index * size, (index + 1) * size).reduce((sum, value) => sum + value, 0),
  );
  const most = Math.max(...sums, 1);
  return sums.map((sum) => (sum === 0 ? " " : LEVELS[Math.ceil((sum / most) * LEVELS.length) - 1])).join("");
}
