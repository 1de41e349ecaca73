import { largestOf } from "../../lib/largest.ts";
import { cut, Painted, type Piece, pad, paint, textOf, widthOf } from "./painted.ts";
import type { Screen } from "./screen.ts";

/** One column of a table of `T`. */
export type Column<T> = {
  readonly title: string;
  readonly cell: (row: T) => Piece;
  /** Where the terminal is too narrow, columns are left out, the highest number first. 0: never. Default: 0. */
  readonly dropped?: number;
  /** To how many characters its texts may be cut. Default: not at all. */
  readonly cutTo?: number;
  readonly align?: "left" | "right";
  /** Only shown where nothing is left out: `--wide`, and without a terminal. */
  readonly isExtra?: boolean;
};

export type TableOptions = { readonly wide?: true | undefined };

/**
 * A table of `rows` that fits the terminal: long texts are cut, then columns left out, which a last line says. Nothing
 * is left out with `--wide`, in a file or in a pipe.
 */
export function paintTable<T>(
  columns: readonly Column<T>[],
  rows: readonly T[],
  screen: Screen,
  { wide }: TableOptions = {},
): Painted {
  const available = wide ? undefined : screen.columns;
  const wanted = available === undefined ? columns : columns.filter(({ isExtra }) => !isExtra);
  const measured = wanted.map((column) => measure(column, rows));
  const { shown, widths } = fitting(measured, available ?? Number.POSITIVE_INFINITY);
  const lines = [undefined, ...rows].map((row) =>
    shown.map((column, index) => paintCell(column, row, widths[index] ?? 0, screen)).join(GAP),
  );
  const omitted = measured.filter((column) => !shown.includes(column)).flatMap(({ title }) => title || []);
  const note = omitted.length === 0 ? [] : ["", paint(omittedNote(omitted), screen)];
  return new Painted([...lines, ...note].map((line) => `${line.trimEnd()}\n`).join(""));
}

const GAP = "  ";

function omittedNote(titles: readonly string[]): Piece {
  return { text: `Not shown: ${titles.join(", ")}. Add --wide for everything.`, style: "dim" };
}

type Measured<T> = Column<T> & { readonly natural: number; readonly least: number };

function measure<T>(column: Column<T>, rows: readonly T[]): Measured<T> {
  const title = widthOf(column.title);
  const natural = Math.max(title, largestOf(rows.map((row) => widthOf(textOf(column.cell(row))))));
  return { ...column, natural, least: Math.min(natural, Math.max(title, column.cutTo ?? natural)) };
}

/** The columns that fit into `available` characters, and how wide each is. */
function fitting<T>(columns: readonly Measured<T>[], available: number) {
  let shown = columns;
  while (totalOf(shown.map(({ least }) => least)) > available) {
    const last = largestOf(shown.map(({ dropped = 0 }) => dropped));
    if (last === 0) break;
    shown = shown.filter(({ dropped = 0 }) => dropped !== last);
  }
  return { shown, widths: widthsIn(shown, available) };
}

/** The widest column is cut first, down to its least width. */
function widthsIn<T>(columns: readonly Measured<T>[], available: number): readonly number[] {
  const widths = columns.map(({ natural }) => natural);
  while (totalOf(widths) > available) {
    const widest = largestOf(widths.filter((width, index) => width > (columns[index]?.least ?? width)));
    const index = widths.findIndex((width, at) => width === widest && width > (columns[at]?.least ?? width));
    if (index === -1) break;
    widths[index] = widest - 1;
  }
  return widths;
}

function totalOf(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width, 0) + GAP.length * Math.max(0, widths.length - 1);
}

/** @param row undefined: the title. */
function paintCell<T>({ title, cell, align }: Measured<T>, row: T | undefined, width: number, screen: Screen): string {
  const piece: Piece = row === undefined ? { text: title, style: "bold" } : cell(row);
  const text = cut(textOf(piece), width);
  return pad(paint(piece, screen, text), text, width, align);
}
