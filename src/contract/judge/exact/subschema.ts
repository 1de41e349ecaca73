import type { JsonObject } from "../../document/json.ts";
import type { Evaluate, Instance } from "./evaluation.ts";
import { countSteps } from "./slices.ts";

/** A schema inside another one, or that one refers to. It is compiled when it is first needed. */
export type Subschema = {
  readonly evaluate: Evaluate;
  /** The properties that must be absent from an object that matches this schema. */
  readonly absentNames: () => ReadonlySet<string>;
  /** Must a property with this schema be absent? */
  readonly isAbsent: () => boolean;
};

/** What the keywords of a schema are compiled with. */
export type Compiler = {
  readonly compile: (schema: unknown) => Subschema;
  /** @throws NotCompiled when the reference leads nowhere. */
  readonly compileReference: (reference: unknown) => Subschema;
  readonly compileDynamicReference: (reference: unknown) => Evaluate;
  /** What a problem calls a property that must be absent. */
  readonly absent: "readOnly" | "writeOnly";
};

/** Makes the check of a keyword; undefined where the keyword asserts nothing. */
export type Keyword = (parameter: unknown, schema: JsonObject, compiler: Compiler) => Evaluate | undefined;

/** Evaluates a part of a value. */
export function admitsPart(
  { evaluate, absentNames }: Subschema,
  { place, run }: Instance,
  step: string | number,
  value: unknown,
): boolean {
  if (typeof value === "string") countSteps(run, value.length >> 7);
  const outer = run.absent;
  run.absent = absentNames();
  const isValid = evaluate({ value, place: { outer: place, step }, run }, undefined);
  run.absent = outer;
  return isValid;
}
