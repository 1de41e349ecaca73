import { isRecord, type JsonObject } from "../../document/json.ts";
import { admits, type Instance, isCollecting, Seen, type Verdict } from "./evaluation.ts";
import type { Subschema } from "./subschema.ts";

/**
 * Evaluates a value only once in a run for a schema that others refer to. Alternatives that refer to one schema would
 * otherwise double the time with each level of a value: `oneOf: [Not, Minus]`, both with an operand of that `oneOf`, would
 * take hours for 40 levels.
 */
export function withMemory(schema: JsonObject, subschema: Subschema): Subschema {
  // What refers to nothing takes time in proportion to its own length.
  if (!hasReference(schema)) return subschema;
  const { evaluate } = subschema;
  return {
    ...subschema,
    evaluate: (instance, seen) => {
      const { run } = instance;
      // It depends on the schemas around it, which apply to themselves.
      if (run.active.length > 0) return evaluate(instance, seen);
      const known = verdictsOn(schema, instance);
      const found = known.find((one) => isFor(one, instance, seen)) ?? judge(instance, seen);
      if (!known.includes(found)) known.push(found);
      if (!found.isValid) return isCollecting(run) && evaluate(instance, seen);
      if (found.seen !== undefined) seen?.add(found.seen);
      return true;
    },
  };

  function judge(instance: Instance, seen: Seen | undefined): Verdict {
    const { absent, scopes } = instance.run;
    const own = seen && new Seen();
    const isValid = admits(subschema.evaluate, instance, own);
    return { absent, scopes: [...scopes], isValid, seen: own };
  }
}

function verdictsOn(schema: JsonObject, { value, run }: Instance): Verdict[] {
  const ofSchema = run.verdicts.get(schema) ?? new Map<unknown, Verdict[]>();
  run.verdicts.set(schema, ofSchema);
  const known = ofSchema.get(value) ?? [];
  ofSchema.set(value, known);
  return known;
}

function isFor(verdict: Verdict, { run }: Instance, seen: Seen | undefined): boolean {
  if (verdict.absent !== run.absent || verdict.scopes.length !== run.scopes.length) return false;
  if (seen !== undefined && verdict.isValid && verdict.seen === undefined) return false;
  return verdict.scopes.every((scope, index) => scope === run.scopes[index]);
}

function hasReference(node: unknown): boolean {
  if (typeof node !== "object" || node === null) return false;
  if (isRecord(node) && (typeof node["$ref"] === "string" || node["$dynamicRef"] !== undefined)) return true;
  return Object.values(node).some(hasReference);
}
