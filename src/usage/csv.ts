import { stringify } from "csv-stringify/sync";

/** A table as RFC 4180 has it. Cells that a spreadsheet would run (`=1+1`) are made plain text. */
export function toCsv(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  return stringify(
    rows.map((row) => [...row]),
    { header: true, columns: [...head], escape_formulas: true },
  );
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
  const head = ["at", ...groupBy, "requests", "cost", "bytesIn", "bytesOut"];
  const rows = series.flatMap(({ group, points }) =>
    points.map(({ at, requests, cost, bytesIn, bytesOut }) => [
      at,
      ...groupBy.map((name) => group[name] ?? ""),
      requests,
      cost,
      bytesIn,
      bytesOut,
    ]),
  );
  return toCsv(head, rows);
}
