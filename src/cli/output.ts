import { largestOf } from "../lib/largest.ts";
import { toPrintable, toPrintableLine } from "../lib/log/printable.ts";
import type { Painted } from "./terminal/painted.ts";
import type { ShowProgress } from "./terminal/progress.ts";
import type { Screen } from "./terminal/screen.ts";

/** The option of most commands that prints JSON for programs. */
export type JsonOption = { readonly json?: true };

/** Where a command writes: people and programs read `out`, people alone read `err`. */
export type Output = {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Whether `out` is a terminal that a person reads. */
  readonly isTerminal: boolean;
  /** What `out` can show. */
  readonly screen: Screen;
  /** Shows how far long work is. Only set where `err` is a terminal. */
  readonly showProgress?: ShowProgress | undefined;
};

/** The output of a command, which may also print what has colours and links. */
export type PaintedOutput = Output & { readonly show: (painted: Painted) => void };

/**
 * Escapes control and invisible characters in what is written and asked: names and notes come from outside, and could
 * move the cursor, hide a line or reverse its direction. Every command writes through this.
 */
export function printable<T extends Output & { readonly confirm: (question: string) => Promise<boolean> }>(
  output: T,
): T & PaintedOutput {
  return {
    ...output,
    show: ({ text }) => output.out(text),
    out: (text: string) => output.out(toPrintable(text)),
    err: (text: string) => output.err(toPrintable(text)),
    confirm: (question: string) => output.confirm(toPrintableLine(question)),
  };
}

/** Names on the left, values on the right. */
export function toSheet(entries: Readonly<Record<string, string>>): string {
  const lines = Object.entries(entries).map((entry) => entry.map(toPrintableLine));
  const width = largestOf(lines.map(([name = ""]) => name.length));
  return lines.map(([name = "", value]) => `${name.padEnd(width)}  ${value}\n`).join("");
}

/** The text for a list without items. */
export function emptyText(noun: string, filter: object): string {
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return isFiltered ? `No ${noun} match.\n` : `There are no ${noun} yet.\n`;
}

export function toJson(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}
