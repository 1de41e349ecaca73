import { toPrintableLine } from "../../lib/log/printable.ts";

/** Where in a document: the keys and indices from the root. */
export type Pointer = readonly (string | number)[];

/** Something in a contract that stops the start. */
export type Finding = {
  /** 1-based line in the contract's file. */
  readonly line: number;
  /** What is wrong, and its cure. */
  readonly message: string;
};

/** Tells that something is wrong at `pointer`. */
export type Report = (pointer: Pointer, message: string) => void;

/** `file:line: message`, which editors and terminals make into links. */
export function toLines(name: string, findings: readonly Finding[], weight = ""): string {
  return findings.map(({ line, message }) => `${toPrintableLine(`${name}:${line}: ${weight}${message}`)}\n`).join("");
}
