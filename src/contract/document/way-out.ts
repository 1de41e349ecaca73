import { commandText } from "../../lib/command-text.ts";
import type { Finding } from "./finding.ts";
import { isFixedByInit, isUntidy } from "./finding-kinds.ts";

/**
 * How to get a contract served in spite of `findings`, as sentences after a space; empty when each finding has to be
 * fixed by hand, as its own message says.
 */
export function wayOut(file: string, findings: readonly Finding[]): string {
  const untidy = findings.filter(({ kind }) => isUntidy(kind)).length;
  const fixed = findings.filter(({ kind }) => !isUntidy(kind) && isFixedByInit(kind)).length;
  const strictly = `${countOf(untidy, findings)} only ${untidy === 1 ? "a warning" : "warnings"} without strictness (--strict, LATCHKEY_STRICT).`;
  const byInit = `${commandText(`init ${file}`)} writes a copy that fixes ${fixed === findings.length ? "them" : `${fixed} of them`}.`;
  return `${untidy > 0 ? ` ${strictly}` : ""}${fixed > 0 ? ` ${byInit}` : ""}`;
}

function countOf(count: number, findings: readonly Finding[]): string {
  if (count === findings.length) return count === 1 ? "It would be" : "They would be";
  return `${count} of them would be`;
}
