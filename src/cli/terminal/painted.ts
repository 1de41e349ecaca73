import { createRequire } from "node:module";
import { styleText } from "node:util";
import { once } from "../../lib/async/once.ts";
import { toPrintableLine } from "../../lib/log/printable.ts";
import type { Screen } from "./screen.ts";

type Style = "bold" | "dim" | "red" | "green" | "yellow" | "cyan";

/** Text on one line, and how it may look. */
export type Piece = string | { readonly text: string; readonly style?: Style | undefined; readonly link?: string };

/**
 * Text for a terminal that may hold escape sequences: only those that `paint` wrote, because it escapes what it is
 * given. So it may be printed as it is.
 */
export class Painted {
  readonly text: string;

  /** Only for texts that `paint` returned, and what stands between them. */
  constructor(text: string) {
    this.text = text;
  }
}

/** How many columns `text` takes in a terminal: an East Asian character or an emoji takes two. */
export function widthOf(text: string): number {
  return NARROW.test(text) ? text.length : loadWidths().default(text);
}

/** Letters and signs of Europe that take one column each, `…`, and the blocks that bars are made of. */
const NARROW = /^[ -~\u00c0-\u02af\u0400-\u0482…▁-▏]*$/;

/** Loaded for other texts only: it takes as long as a fifth of a command. */
const loadWidths = once((): typeof import("string-width") => createRequire(import.meta.url)("string-width"));

/** The text of `piece` without any style, safe to print. */
export function textOf(piece: Piece): string {
  return toPrintableLine(typeof piece === "string" ? piece : piece.text);
}

/** `piece` with its style and link, where `screen` shows them. @param text what to show instead of its whole text. */
export function paint(piece: Piece, screen: Screen, text = textOf(piece)): string {
  if (typeof piece === "string" || text === "") return text;
  const { style, link } = piece;
  const styled = style !== undefined && screen.hasColors ? styleText(style, text, { validateStream: false }) : text;
  return link !== undefined && screen.hasLinks ? toLink(styled, toPrintableLine(link)) : styled;
}

function toLink(text: string, url: string): string {
  return `\u001b]8;;${url}\u001b\\${text}\u001b]8;;\u001b\\`;
}

/** The beginning of `text` with … at its end, if it takes more than `width` columns. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  let left = width - 1;
  for (const { segment } of graphemes().segment(text)) {
    left -= widthOf(segment);
    if (left < 0) break;
    kept += segment;
  }
  return `${kept.trimEnd()}…`;
}

const graphemes = once(() => new Intl.Segmenter());

/** `shown`, filled up with spaces as if it were `text`, which it may be a painted form of. */
export function pad(shown: string, text: string, width: number, align: "left" | "right" = "left"): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? shown + spaces : spaces + shown;
}
