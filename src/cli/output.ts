import { largestOf } from "../lib/largest.ts";

/** Where a command writes: people and programs read `out`, people alone read `err`. */
export type Output = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** `out` is a terminal, with a person before it. */
  readonly isTerminal: boolean;
};

/** Lines up `rows` under `head`; every row has as many cells as the head. */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const all = [head, ...rows];
  const widths = head.map((_, column) => largestOf(all.map((row) => row[column]?.length ?? 0)));
  const lines = all.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "));
  return lines.map((line) => `${line.trimEnd()}\n`).join("");
}

/** Names on the left, values on the right. */
export function toSheet(entries: Readonly<Record<string, string>>): string {
  const width = largestOf(Object.keys(entries).map((name) => name.length));
  return Object.entries(entries)
    .map(([name, value]) => `${name.padEnd(width)}  ${value}\n`)
    .join("");
}

/** What to say of a list without items, whatever it was filtered by. */
export function emptyText(noun: string, filter: object): string {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return isFiltered ? `There are no such ${noun}.\n` : `There are no ${noun} yet.\n`;
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
