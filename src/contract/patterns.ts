import { isSafePattern } from "redos-detector";
import type { Pointer, Report } from "./finding.ts";
import { asRecord, type JsonObject } from "./json.ts";
import { eachNode, isNamedByPeople } from "./walk.ts";

// A pattern that cannot be proven harmless in so many steps counts as harmful. Not in so much time: a busy machine would
// then refuse a contract that it accepts at other times.
const MOST_PROOF_STEPS = 5_000;

/** Finds patterns on which a short text could keep the service busy for seconds, or that are no expression at all. */
export function checkPatterns(document: JsonObject, report: Report) {
  const verdicts = new Map<string, string | undefined>();
  const check = (place: Pointer, pattern: string) => {
    if (!verdicts.has(pattern)) verdicts.set(pattern, verdictOn(pattern));
    const verdict = verdicts.get(pattern);
    if (verdict !== undefined) report(place, verdict);
  };

  eachNode(document, (pointer, { pattern, patternProperties }) => {
    if (isNamedByPeople(pointer)) return;
    if (typeof pattern === "string") check([...pointer, "pattern"], pattern);
    for (const name of Object.keys(asRecord(patternProperties))) check([...pointer, "patternProperties", name], name);
  });
}

function verdictOn(pattern: string): string | undefined {
  try {
    new RegExp(pattern, "u");
  } catch {
    return `the pattern ${pattern} is no regular expression (ECMA-262 with the flag u): correct it`;
  }
  if (isProvenHarmless(pattern)) return undefined;
  return `the pattern ${pattern} can backtrack: write it so that no text matches in two ways, without nested repetition or named groups`;
}

function isProvenHarmless(pattern: string): boolean {
  try {
    return isSafePattern(pattern, { unicode: true, maxSteps: MOST_PROOF_STEPS }).safe;
  } catch {
    // The prover does not read all that the engine reads, such as named groups.
    return false;
  }
}
