import { nameOfStart } from "./start-times.ts";
import { type Column, type Row, type Spread, toMarkdown, toRange } from "./table.ts";

/** A goal, and the cell of a table that tells whether it is reached. */
type Figure = {
  readonly what: string;
  readonly table: string;
  readonly row: string;
  readonly column: Column;
  readonly wanted: { readonly atLeast: number } | { readonly atMost: number };
};

export type Results = Readonly<Record<string, readonly Row[]>>;

export type Outcome = Pick<Figure, "what" | "wanted"> & {
  readonly measured?: Spread;
  /** A ratio of requests per second, as the CPU time of a request gives it: other load changes it less. */
  readonly byCpu?: number;
  /** "unclear" if only one of the two ratios, of requests per second and of CPU time, reaches the goal. */
  readonly verdict: "reached" | "missed" | "unclear" | "not measured";
};

const ratio = (what: string, table: string, row: string, atLeast: number): Figure => ({
  what,
  table,
  row,
  column: "ratio",
  wanted: { atLeast },
});

const OFF = "Latchkey, LATCHKEY_FAST_PATH=off";

/** The goals of the service, in the order of the summary. */
const FIGURES: readonly Figure[] = [
  ratio("keyed GET / bare node:http", "keyed GET", "Latchkey", 0.8),
  ratio("gateway, keyed GET / bare proxy", "gateway GET", "Latchkey as a gateway", 0.85),
  ratio("gateway, POST of validated JSON / bare proxy", "gateway POST", "Latchkey as a gateway", 0.75),
  ratio("by the validator, keyed GET / Express + validator", "validator, keyed GET", OFF, 1),
  ratio("by the validator, GET with parameters / Express + validator", "validator, GET with parameters", OFF, 1),
  ratio("by the validator, POST of JSON / Express + validator", "validator, POST of JSON", OFF, 1),
  ratio("`?q=two%20words&tag=a&tag=b` / without decoding", "decoded parameters", "Latchkey", 0.9),
  ratio("`?q=two%20words&tag=a&tag=b` / GET with parameters", "search", "Latchkey, decoded", 0.9),
  ratio("5,000 keys in turn / one key", "keys in turn", "Latchkey, 5,000 keys", 0.85),
  ratio("… with 5 key changes a second / without", "key changes", "Latchkey, 5 changes a second", 0.95),
  ratio("… with 50 key changes a second / without", "key changes", "Latchkey, 50 changes a second", 0.85),
  {
    what: "first use of a key, CPU µs",
    table: "cold keys",
    row: "Latchkey, 10,000 keys",
    column: "firstCpuMicroseconds",
    wanted: { atMost: 40 },
  },
  ratio("300 operations / 8", "operations", "Latchkey, 300 operations", 0.95),
  ratio("gateway, 300 operations / 8", "gateway operations", "Latchkey as a gateway, 300 operations", 0.95),
  ...[
    { operations: 35, ms: 500 },
    { operations: 300, ms: 1200 },
    { operations: 900, ms: 2500 },
  ].map(
    ({ operations, ms }): Figure => ({
      what: `start to the first response, ${operations} operations, ms`,
      table: "start",
      row: nameOfStart(operations),
      column: "startedMs",
      wanted: { atMost: ms },
    }),
  ),
  ...[
    { operations: 35, mb: 110 },
    { operations: 300, mb: 150 },
  ].map(
    ({ operations, mb }): Figure => ({
      what: `resident memory when idle, ${operations} operations, MB`,
      table: "start",
      row: nameOfStart(operations),
      column: "idleMb",
      wanted: { atMost: mb },
    }),
  ),
  {
    what: "CPU of a request, two workers on two cores / one process",
    table: "workers on two cores",
    row: "Latchkey, two workers",
    column: "cpuRatio",
    wanted: { atMost: 1.15 },
  },
];

/** Whether a figure needs this table, or this row of it. */
export function isInFigures(table: string, row?: string): boolean {
  return FIGURES.some((figure) => figure.table === table && (row === undefined || figure.row === row));
}

export function toOutcomes(results: Results): readonly Outcome[] {
  return FIGURES.map(({ what, wanted, table, row, column }) => {
    const values = results[table]?.find(({ name }) => name === row)?.values;
    const measured = values?.[column];
    if (measured === undefined) return { what, wanted, verdict: "not measured" };
    const byCpu = column === "ratio" && values?.cpuRatio ? 1 / values.cpuRatio.median : undefined;
    const verdict = verdictOn(wanted, [measured.median, byCpu ?? measured.median]);
    return { what, wanted, measured, ...(byCpu && { byCpu }), verdict };
  });
}

function verdictOn(wanted: Figure["wanted"], measured: readonly number[]): Outcome["verdict"] {
  const reached = measured.filter((value) => ("atLeast" in wanted ? value >= wanted.atLeast : value <= wanted.atMost));
  if (reached.length === measured.length) return "reached";
  return reached.length === 0 ? "missed" : "unclear";
}

/** In Markdown. @param before the results of an earlier run, to be shown beside these. */
export function toSummary(results: Results, before?: Results): string {
  const earlier = before && toOutcomes(before);
  const rows = toOutcomes(results).map(({ what, wanted, measured, byCpu, verdict }, at) => {
    const [sign, limit] = "atLeast" in wanted ? ["≥", wanted.atLeast] : ["≤", wanted.atMost];
    const decimals = limit < 10 ? 2 : 0;
    const old = earlier && [earlier[at]?.measured?.median.toFixed(decimals) ?? ""];
    const now = [measured?.median.toFixed(decimals) ?? "", toRange(measured, decimals), byCpu?.toFixed(2) ?? ""];
    return [what, `${sign} ${limit.toFixed(decimals)}`, ...(old ?? []), ...now, verdict];
  });
  return toMarkdown(["", "wanted", ...(before ? ["before"] : []), "measured", "lowest – highest", "by CPU", ""], rows);
}
