import type { JsonObject } from "../../document/json.ts";

/** What a value violates, and where: the names and indices from the whole value to it. */
export type Violation = { readonly place: Place; readonly message: string };

/** A place in a value, from the inside to the outside; undefined for the whole of it. */
export type Place = { readonly outer: Place; readonly step: string | number } | undefined;

/** A JSON pointer (RFC 6901) to a place: `/items/0`, or empty for the whole value. */
export function pathTo(place: Place): string {
  const steps: string[] = [];
  for (let next = place; next !== undefined; next = next.outer)
    steps.unshift(`/${String(next.step).replaceAll("~", "~0").replaceAll("/", "~1")}`);
  return steps.join("");
}

/** The state of one evaluation. */
export type Run = {
  /** Collects violations up to `MAX_VIOLATIONS`; undefined where only the verdict is wanted. */
  violations: Violation[] | undefined;
  /** The names of properties that must not be in the object that is evaluated, so that they need not be there. */
  absent: ReadonlySet<string>;
  /** The schema resources that were entered, outermost first (Core §7.1); empty where nothing asks for them. */
  readonly scopes: JsonObject[];
  /** How many schemas apply to one another at present. */
  depth: number;
  /** The schemas that may apply to themselves, and the values that they are applied to at present. */
  readonly active: (readonly [JsonObject, unknown])[];
  /** What is known already about a value, for schemas that several others refer to. */
  readonly verdicts: Map<JsonObject, Map<unknown, Verdict[]>>;
  /** Undefined for an evaluation that does not stop. */
  readonly slices: Slices | undefined;
};

/** Whether a schema admits a value, where this is all that it depends on. */
export type Verdict = Pick<Run, "absent" | "scopes"> & {
  readonly isValid: boolean;
  /** What it has evaluated; undefined where this was not asked for. */
  readonly seen: Seen | undefined;
};

/**
 * Lets an evaluation of a large value stop, and begin again without doing the same work twice: what a keyword has found in
 * the parts of a list or an object is kept, in chunks of some hundred steps.
 */
export type Slices = {
  /** How many schemas have been applied in this slice. */
  steps: number;
  /** After how many steps a slice ends, at the earliest. */
  readonly most: number;
  /** How many steps this slice took to get to where the last one stopped; undefined until it is there. */
  repeated: number | undefined;
  readonly kept: KeptChunks;
  /** The names of objects, which take long to list for large ones. */
  readonly names: Map<object, readonly string[]>;
};

/** By keyword, then by the list or object, then by the index of the first part. */
type KeptChunks = Map<object, Map<object, Map<number, Chunk>>>;

/** What a keyword has found in consecutive parts of a value. */
export type Chunk = {
  /** The index after the last part. */
  readonly end: number;
  readonly isValid: boolean;
  readonly violations: readonly Violation[];
  readonly found: readonly unknown[];
};

export const MAX_VIOLATIONS = 20;

/** The names and indices of a value that keywords have evaluated (Core §7.7.1). */
export class Seen {
  readonly names = new Set<string>();
  readonly indices = new Set<number>();

  add(other: Seen) {
    for (const name of other.names) this.names.add(name);
    for (const index of other.indices) this.indices.add(index);
  }
}

/** What is being evaluated: a value, where it is, and in which run. */
export type Instance = { readonly value: unknown; readonly place: Place; readonly run: Run };

/**
 * Does a schema, or a keyword of one, admit this value?
 * @param seen gets what was evaluated, if it is asked for.
 */
export type Evaluate = (instance: Instance, seen: Seen | undefined) => boolean;

/** Reports a violation, and returns false. @param step of a part of the value, if that is what is wrong. */
export function violated({ place, run }: Instance, message: string, step?: string | number): false {
  const { violations } = run;
  if (violations !== undefined && violations.length < MAX_VIOLATIONS)
    violations.push({ place: step === undefined ? place : { outer: place, step }, message });
  return false;
}

/** Does it make sense to go on after a violation? */
export function isCollecting({ violations }: Run): boolean {
  return violations !== undefined && violations.length < MAX_VIOLATIONS;
}

/** Evaluates without a report. */
export function admits(evaluate: Evaluate, { value, place, run }: Instance, seen: Seen | undefined): boolean {
  const { violations } = run;
  run.violations = undefined;
  try {
    return evaluate({ value, place, run }, seen);
  } finally {
    run.violations = violations;
  }
}

/** Evaluates parts for their report alone. */
export function collect(parts: readonly { readonly evaluate: Evaluate }[], instance: Instance) {
  if (isCollecting(instance.run)) every(parts, instance.run, ({ evaluate }) => evaluate(instance, undefined));
}

/** Whether all of `parts` are admitted. All are evaluated while violations are collected. */
export function every<T>(parts: Iterable<T>, run: Run, isAdmitted: (part: T) => boolean): boolean {
  let isValid = true;
  for (const part of parts) {
    if (isAdmitted(part)) continue;
    isValid = false;
    if (!isCollecting(run)) break;
  }
  return isValid;
}
