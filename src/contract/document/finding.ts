import { toPrintableLine } from "../../lib/log/printable.ts";
import type { FindingKind } from "./finding-kinds.ts";

/** A place in a document: the keys and indices from the root to it. */
export type Pointer = readonly (string | number)[];

/** Something in a contract that stops the start, or a warning. */
export type Finding = {
  /** The file that it is in, if that is not the contract's own. */
  readonly file?: string;
  /** 1-based line in its file. */
  readonly line: number;
  /** What is wrong, then how to fix it. */
  readonly message: string;
  /** Findings of one kind are shown together. */
  readonly kind?: FindingKind;
};

/**
 * Reports that something is wrong at `pointer`.
 * @param kind default: the kind of the check.
 */
export type Report = (pointer: Pointer, message: string, kind?: FindingKind) => void;

/**
 * `file:line: message`, which editors and terminals turn into links.
 * @param label goes before each message, such as `warning: `.
 */
export function toLines(name: string, findings: readonly Finding[], label = ""): string {
  return findings
    .map(({ file, line, message }) => `${toPrintableLine(`${file ?? name}:${line}: ${label}${message}`)}\n`)
    .join("");
}

/** How many findings of one kind are shown in full. */
const MOST_IN_FULL = 3;

/** How many lines are named for the others. */
const MOST_LINES = 8;

/** Folds many findings of one kind into the first of them, which then names the lines of the others. */
export function folded(findings: readonly Finding[]): readonly Finding[] {
  const groups = Map.groupBy(findings, ({ kind, message }) => kind ?? message);
  return [...groups.values()]
    .flatMap((group) => (group.length <= MOST_IN_FULL ? group : foldedGroup(group)))
    .toSorted((one, other) => one.line - other.line);
}

function foldedGroup([first, ...others]: readonly Finding[]): readonly Finding[] {
  if (first === undefined) return [];
  const lines = [
    ...new Set(others.map(({ file, line }) => (file === first.file ? line : `${file ?? "the contract"}:${line}`))),
  ];
  const named = lines.slice(0, MOST_LINES).join(", ");
  const rest = lines.length > MOST_LINES ? ", …" : "";
  const where = `${lines.length === 1 ? "line" : "lines"} ${named}${rest}`;
  return [{ ...first, message: `${first.message} (and ${others.length} more like it: ${where})` }];
}
