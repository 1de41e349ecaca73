/** The values of all rounds of a measurement. */
export type Spread = { readonly median: number; readonly lowest: number; readonly highest: number };

/** @param values one or more. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((one, other) => one - other);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), lowest: at(0), highest: at(sorted.length - 1) };
}

/** What is measured, in the order of columns, with the number of decimals. */
const COLUMNS = {
  ratio: { head: "ratio", decimals: 2 },
  firstCpuMicroseconds: { head: "first request, CPU µs", decimals: 1 },
  secondCpuMicroseconds: { head: "second request, CPU µs", decimals: 1 },
  perSecond: { head: "requests/s", decimals: 0 },
  p50Ms: { head: "p50 ms", decimals: 2 },
  p99Ms: { head: "p99 ms", decimals: 2 },
  cpuMicroseconds: { head: "CPU µs", decimals: 1 },
  cpuRatio: { head: "CPU ratio", decimals: 2 },
  residentMb: { head: "RSS MB", decimals: 0 },
  startedMs: { head: "start ms", decimals: 0 },
  firstStartMs: { head: "first start ms", decimals: 0 },
  startCpuMs: { head: "start, CPU ms", decimals: 0 },
  idleMb: { head: "idle RSS MB", decimals: 0 },
} as const;

export type Column = keyof typeof COLUMNS;

/** A server, and what was measured of it. */
export type Row = {
  readonly name: string;
  /** Why it was not measured. */
  readonly missing?: string;
  readonly values: { readonly [Name in Column]?: Spread };
};

/** In Markdown. The first column also shows the lowest and the highest value. */
export function toTable(rows: readonly Row[]): string {
  const columns = Object.keys(COLUMNS).filter((name): name is Column =>
    rows.some(({ values }) => values[name as Column] !== undefined),
  );
  const [first, ...others] = columns.map((name) => COLUMNS[name].head);
  const heads = ["", first ?? "", "lowest – highest", ...others];
  return toMarkdown(
    heads,
    rows.map((row) => toCells(row, columns)),
  );
}

/** A table whose first column is text, and whose other columns are numbers. */
export function toMarkdown(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(heads), line(heads.map((_, at) => (at === 0 ? "---" : "---:"))), ...rows.map(line)].join("\n");
}

function toCells({ name, missing, values }: Row, columns: readonly Column[]): readonly string[] {
  if (missing !== undefined) return [name, `not measured: ${missing}`, ...columns.map(() => "")];
  const [first, ...others] = columns.map((column) => ({ ...COLUMNS[column], spread: values[column] }));
  const median = (column: typeof first) => column?.spread?.median.toFixed(column.decimals) ?? "";
  return [name, median(first), first ? toRange(first.spread, first.decimals) : "", ...others.map(median)];
}

/** The lowest and the highest value. */
export function toRange(spread: Spread | undefined, decimals: number): string {
  return spread === undefined ? "" : `${spread.lowest.toFixed(decimals)} – ${spread.highest.toFixed(decimals)}`;
}
