import { asList, asRecord } from "../../document/json.ts";
import { compilePattern } from "../../patterns/compile-pattern.ts";
import { type Evaluate, every, type Instance, isCollecting, type Seen, violated } from "./evaluation.ts";
import { everyPart, namesIn, type PartsKeyword, visitParts } from "./slices.ts";
import { admitsPart, type Compiler, type Keyword, type Subschema } from "./subschema.ts";
import { isObject, type Members } from "./values.ts";

/** JSON Schema Core 2020-12 §10.3.2, and Validation §6.5. */
export const OBJECT_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minProperties: size((count, bound) => count >= bound, "fewer"),
  maxProperties: size((count, bound) => count <= bound, "more"),
  required: (names) => required(asList(names).map(String)),
  dependentRequired: (dependencies) => {
    const rows = Object.entries(asRecord(dependencies)).map(
      ([name, names]) => [name, required(asList(names).map(String))] as const,
    );
    return ofObjects((one, value) =>
      every(rows, one.run, ([name, check]) => !Object.hasOwn(value, name) || check(one, undefined)),
    );
  },
  properties: (schemas, _, { compile, absent }) => {
    const properties = Object.entries(asRecord(schemas)).map(([name, schema]) => [name, compile(schema)] as const);
    return ofObjects((one, value, seen) =>
      every(properties, one.run, ([name, property]) => {
        if (!Object.hasOwn(value, name)) return true;
        seen?.names.add(name);
        if (property.isAbsent()) return violated(one, ABSENT[absent], name);
        return admitsPart(property, one, name, value[name]);
      }),
    );
  },
  patternProperties: (schemas, _, { compile }) => {
    const rows = Object.entries(asRecord(schemas)).map(
      ([pattern, schema]) => [compilePattern(pattern), compile(schema)] as const,
    );
    const keyword = { name: "patternProperties" };
    return ofObjects((one, value, seen) => {
      const names = namesIn(one.run, value);
      const { isValid, found } = visitParts(one, keyword, names.length, (index, matching) => {
        const name = names[index] ?? "";
        return every(rows, one.run, ([expression, property]) => {
          if (!expression.test(name)) return true;
          matching.push(name);
          return admitsPart(property, one, name, value[name]);
        });
      });
      for (const name of found) seen?.names.add(String(name));
      return isValid;
    });
  },
  additionalProperties: (schema, { properties, patternProperties }, { compile }) => {
    const known = new Set(Object.keys(asRecord(properties)));
    const patterns = Object.keys(asRecord(patternProperties)).map(compilePattern);
    const isOther = (name: string) => !known.has(name) && !patterns.some((pattern) => pattern.test(name));
    const keyword = { name: "additionalProperties" };
    const rule = { keyword, schema, property: compile(schema), message: "must NOT have additional properties" };
    return ofObjects((one, _value, seen) => everyOther(one, isOther, rule, seen));
  },
  propertyNames: (schema, _, { compile }) => {
    const { evaluate } = compile(schema);
    const keyword = { name: "propertyNames" };
    return ofObjects((one, value) => {
      const names = namesIn(one.run, value);
      return everyPart(one, keyword, names.length, (index) => {
        const name = names[index] ?? "";
        const isValid = evaluate({ value: name, place: one.place, run: one.run }, undefined);
        return isValid || (isCollecting(one.run) && violated(one, "property name must be valid", name));
      });
    });
  },
};

/** What OpenAPI 3.1.1 calls a SHOULD NOT: a request could set what is the API's, a response reveal what is secret. */
const ABSENT = {
  readOnly: "is read-only, and must not be in a request",
  writeOnly: "is write-only, and must not be in a response",
} as const satisfies Record<Compiler["absent"], string>;

/** Applies to the properties that no other keyword has evaluated (Core §11.3). */
export const UNEVALUATED_PROPERTIES: Keyword = (schema, _, { compile }) => {
  const property = compile(schema);
  const keyword = { name: "unevaluatedProperties" };
  const rule = { keyword, schema, property, message: "must NOT have unevaluated properties" };
  return (one, seen) => {
    const known = new Set(seen?.names);
    return everyOther(one, (name) => !known.has(name), rule, seen);
  };
};

type Others = {
  readonly keyword: PartsKeyword;
  readonly schema: unknown;
  readonly property: Subschema;
  readonly message: string;
};

/** Whether the properties that no other keyword knows are admitted. */
function everyOther(one: Instance, isOther: (name: string) => boolean, rule: Others, seen: Seen | undefined): boolean {
  const { value, run } = one;
  if (!isObject(value)) return true;
  const names = namesIn(run, value);
  if (seen !== undefined) for (const name of names) if (isOther(name)) seen.names.add(name);
  return everyPart(one, rule.keyword, names.length, (index) => {
    const name = names[index] ?? "";
    if (!isOther(name)) return true;
    if (rule.schema === false) return violated(one, rule.message, name);
    return admitsPart(rule.property, one, name, value[name]);
  });
}

function required(names: readonly string[]): Evaluate {
  return ofObjects((one, value) =>
    every(names, one.run, (name) => {
      if (Object.hasOwn(value, name) || one.run.absent.has(name)) return true;
      return violated(one, `must have required property '${name}'`, name);
    }),
  );
}

function size(isWithin: (count: number, limit: number) => boolean, word: string): Keyword {
  return (limit) =>
    ofObjects((one, value) => {
      if (typeof limit !== "number" || isWithin(namesIn(one.run, value).length, limit)) return true;
      return violated(one, `must NOT have ${word} than ${limit} properties`);
    });
}

type EvaluateObject = (one: Instance, value: Members, seen: Parameters<Evaluate>[1]) => boolean;

/** Keywords for objects say nothing about other values. */
function ofObjects(evaluate: EvaluateObject): Evaluate {
  return (one, seen) => !isObject(one.value) || evaluate(one, one.value, seen);
}
