import { toPrintableLine } from "../../lib/log/printable.ts";

/** A place in a document: the keys and indices from the root to it. */
export type Pointer = readonly (string | number)[];

/** Something in a contract that stops the start. */
export type Finding = {
  /** 1-based line in the contract's file. */
  readonly line: number;
  /** What is wrong, then how to fix it. */
  readonly message: string;
};

/** Reports that something is wrong at `pointer`. */
export type Report = (pointer: Pointer, message: string) => void;

/**
 * `file:line: message`, which editors and terminals turn into links.
 * @param label goes before each message, such as `warning: `.
 */
export function toLines(name: string, findings: readonly Finding[], label = ""): string {
  return findings.map(({ line, message }) => `${toPrintableLine(`${name}:${line}: ${label}${message}`)}\n`).join("");
}
