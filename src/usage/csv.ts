import { stringify } from "csv-stringify/sync";

/** One line of a table as RFC 4180 has it. Cells that a spreadsheet would run (`=1+1`) are made plain text. */
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

/** A line for each point, with what its series has in common. */
export function usageToCsv({ series }: Usage, groupBy: readonly string[]): string {
  const lines = [toLine(["at", ...groupBy, "requests", "cost", "bytesIn", "bytesOut"])];
  for (const { group, points } of series) {
    // Instants and counts need no quotes, and ten thousand of them would take the library fifty milliseconds.
    const names = groupBy.length === 0 ? "" : `${toLine(groupBy.map((name) => group[name] ?? ""))},`;
    for (const { at, requests, cost, bytesIn, bytesOut } of points) {
      lines.push(`${at},${names}${requests},${cost},${bytesIn},${bytesOut}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
