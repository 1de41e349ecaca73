import { largestOf } from "../../lib/largest.ts";
import { Painted, type Piece, pad, paint, textOf, widthOf } from "./painted.ts";
import type { Screen } from "./screen.ts";

/** Names on the left, values on the right. A value of several lines is a list. */
export function paintSheet(entries: Readonly<Record<string, Piece | readonly Piece[]>>, screen: Screen): Painted {
  const names = Object.keys(entries).map((name) => textOf(name));
  const width = largestOf(names.map(widthOf));
  const lines = Object.entries(entries).flatMap(([name, value]) =>
    (isList(value) ? value : [value]).map((piece, index) => {
      const label = index === 0 ? textOf(name) : "";
      return `${pad(paint({ text: label, style: "dim" }, screen), label, width)}  ${paint(piece, screen)}`.trimEnd();
    }),
  );
  return new Painted(lines.map((line) => `${line}\n`).join(""));
}

function isList(value: Piece | readonly Piece[]): value is readonly Piece[] {
  return Array.isArray(value);
}
