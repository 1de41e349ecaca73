import { isSafePattern } from "redos-detector";
import type { Report } from "./finding.ts";
import type { JsonObject } from "./json.ts";
import { eachNode } from "./walk.ts";

// A pattern that cannot be proven harmless within this time counts as harmful.
const PROOF_TIMEOUT_MS = 500;

/** Finds patterns on which a short text could keep the service busy for seconds, or that are no expression at all. */
export function checkPatterns(document: JsonObject, report: Report) {
  const verdicts = new Map<string, string | undefined>();
  eachNode(document, (pointer, { pattern }) => {
    if (typeof pattern !== "string" || pointer.at(-1) === "properties") return;
    if (!verdicts.has(pattern)) verdicts.set(pattern, verdictOn(pattern));
    const verdict = verdicts.get(pattern);
    if (verdict !== undefined) report([...pointer, "pattern"], verdict);
  });
}

function verdictOn(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
  } catch {
    return `the pattern ${pattern} is no regular expression (ECMA-262 with the flag u): correct it`;
  }
  if (isSafePattern(pattern, { unicode: true, timeout: PROOF_TIMEOUT_MS }).safe) return undefined;
  return `the pattern ${pattern} can backtrack: write it so that no text matches in two ways, without nested repetition`;
}
