import { once } from "../../../lib/async/once.ts";
import { yieldToEventLoop } from "../../../lib/async/yield-to-event-loop.ts";
import type { Pointer } from "../../document/finding.ts";
import { isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { contains } from "../schemas/contains.ts";
import { appliesToItself } from "../schemas/in-place.ts";
import { NotCompiled } from "../schemas/not-compiled.ts";
import { absentNamesOf, isAbsent, NONE } from "./absent-names.ts";
import { COMBINING_KEYWORDS } from "./combining-keywords.ts";
import { type Evaluate, every, type Run, Seen, type Slices, type Violation, violated } from "./evaluation.ts";
import { LIST_KEYWORDS, UNEVALUATED_ITEMS } from "./list-keywords.ts";
import { withMemory } from "./memory.ts";
import { OBJECT_KEYWORDS, UNEVALUATED_PROPERTIES } from "./object-keywords.ts";
import { findResources, type Resources } from "./resources.ts";
import { SCALAR_KEYWORDS } from "./scalar-keywords.ts";
import { countSteps, createSlices, INTERRUPTED } from "./slices.ts";
import type { Compiler, Subschema } from "./subschema.ts";

/** Evaluates values against schemas exactly as JSON Schema 2020-12 defines it. */
export type Evaluator = {
  /** The schema at a place of the document. */
  readonly at: (place: Pointer) => Evaluation;
  /** A schema that refers to the document. */
  readonly of: (schema: unknown) => Evaluation;
};

export type Evaluation = {
  readonly isValid: (value: unknown) => boolean;
  /** Empty for a valid value; otherwise the first few. */
  readonly violationsOf: (value: unknown) => readonly Violation[];
  /** The same for a value that may be large: a promise where it takes several slices. */
  readonly violationsInSlices: (
    value: unknown,
    options?: SliceOptions,
  ) => readonly Violation[] | Promise<readonly Violation[]>;
};

export type SliceOptions = {
  /** Lets other work run between two slices. */
  readonly pause?: () => Promise<void>;
  /** How many schemas are applied in one slice. */
  readonly steps?: number;
};

/** About five milliseconds. */
const STEPS_PER_SLICE = 10_000;

/** @param absent properties with this keyword must be absent: `readOnly` in requests, `writeOnly` in responses. */
export function createEvaluator(document: OpenApiDocument, absent: Compiler["absent"]): Evaluator {
  const plain = createCompiler(document, absent, undefined);
  const dynamic = once(() => createCompiler(document, absent, findResources(document)));
  // To know the resource of each schema costs a walk through the whole document.
  const isDynamic = perObject((schema) => contains(document, schema, ({ $dynamicRef }) => $dynamicRef !== undefined));
  const toEvaluation = (schema: unknown): Evaluation => {
    const { evaluate, absentNames } = (isDynamic(schema) ? dynamic() : plain).compile(schema);
    const run = (value: unknown, violations: Violation[] | undefined, slices?: Slices) => {
      const verdicts = new Map();
      const state: Run = { violations, absent: absentNames(), scopes: [], depth: 0, active: [], verdicts, slices };
      return evaluate({ value, place: undefined, run: state }, undefined);
    };
    const violationsOf = (value: unknown, slices?: Slices) => {
      const violations: Violation[] = [];
      return run(value, violations, slices) ? [] : violations;
    };
    return {
      isValid: (value) => run(value, undefined),
      violationsOf: (value) => violationsOf(value),
      violationsInSlices: (value, { pause = yieldToEventLoop, steps = STEPS_PER_SLICE } = {}) => {
        // What a dynamic reference leads to depends on more than the schema and the value.
        if (isDynamic(schema)) return violationsOf(value);
        return untilDone((slices) => violationsOf(value, slices), createSlices(steps), pause);
      },
    };
  };
  return { at: (place) => toEvaluation(document.findAt(place)), of: toEvaluation };
}

/** Begins again, with what is kept, until `attempt` is not interrupted any more. */
function untilDone<T>(attempt: (slices: Slices) => T, slices: Slices, pause: () => Promise<void>): T | Promise<T> {
  const attemptOnce = () => {
    slices.steps = 0;
    slices.repeated = undefined;
    try {
      return { result: attempt(slices) };
    } catch (error) {
      if (error !== INTERRUPTED) throw error;
      return undefined;
    }
  };
  const first = attemptOnce();
  if (first !== undefined) return first.result;
  const goOn = async (): Promise<T> => {
    for (;;) {
      await pause();
      const next = attemptOnce();
      if (next !== undefined) return next.result;
    }
  };
  return goOn();
}

function perObject(compute: (value: object) => boolean): (value: unknown) => boolean {
  const known = new WeakMap<object, boolean>();
  return (value) => {
    if (typeof value !== "object" || value === null) return false;
    const result = known.get(value) ?? compute(value);
    known.set(value, result);
    return result;
  };
}

/** @param resources where it depends on them what a reference leads to. */
function createCompiler(
  document: OpenApiDocument,
  absent: Compiler["absent"],
  resources: Resources | undefined,
): Compiler {
  const known = new WeakMap<JsonObject, Subschema>();

  const compile = (schema: unknown): Subschema => {
    if (!isRecord(schema)) return schema === false ? NEVER : ALWAYS;
    const subschema = known.get(schema) ?? toSubschema(schema);
    known.set(schema, subschema);
    return subschema;
  };
  const toSubschema = (schema: JsonObject): Subschema => {
    const evaluate = once(() => withScope(schema, withEnd(document, schema, compileSchema(schema, compiler))));
    return {
      evaluate: (instance, seen) => evaluate()(instance, seen),
      absentNames: once(() => absentNamesOf(document, schema, absent)),
      isAbsent: once(() => isAbsent(document, schema, absent)),
    };
  };
  const withScope = (schema: JsonObject, evaluate: Evaluate): Evaluate => {
    const resource = resources?.resourceOf(schema);
    if (resource === undefined) return evaluate;
    return (instance, seen) => {
      const { scopes } = instance.run;
      const isEntered = scopes.at(-1) !== resource;
      if (isEntered) scopes.push(resource);
      const isValid = evaluate(instance, seen);
      if (isEntered) scopes.pop();
      return isValid;
    };
  };
  const remembered = new WeakMap<JsonObject, Subschema>();
  const remembering = (target: JsonObject): Subschema => {
    const subschema = remembered.get(target) ?? withMemory(target, compile(target));
    remembered.set(target, subschema);
    return subschema;
  };
  const compiler: Compiler = {
    absent,
    compile,
    // A chain of references may pass through several resources.
    compileReference: (reference) => {
      const target = endOfChain(document, reference, resources === undefined);
      return isRecord(target) ? remembering(target) : compile(target);
    },
    compileDynamicReference: (reference) => {
      const target = endOfChain(document, reference, false);
      if (!isRecord(target) || resources === undefined) return compile(target).evaluate;
      return (instance, seen) => compile(resources.dynamicTarget(target, instance.run)).evaluate(instance, seen);
    },
  };
  return compiler;
}

/** The schema that a reference leads to. @param isShort it leads past schemas that only refer to another. */
function endOfChain({ findAt }: OpenApiDocument, reference: unknown, isShort: boolean): unknown {
  const seen = new Set<unknown>();
  for (let next = reference; ; ) {
    if (typeof next !== "string" || !next.startsWith("#/")) throw new NotCompiled(`it refers to ${next}`);
    const target = findAt(parsePointer(next));
    if (typeof target === "boolean") return target;
    if (!isRecord(target) || seen.has(target)) throw new NotCompiled(`it refers to ${next}, which leads nowhere`);
    const isPlain = Object.keys(target).length === 1 && target["$ref"] !== undefined;
    if (!isPlain || !isShort) return target;
    seen.add(target);
    next = target["$ref"];
  }
}

/** A schema that applies to itself without end does not match. */
function withEnd(document: OpenApiDocument, schema: JsonObject, evaluate: Evaluate): Evaluate {
  if (!appliesToItself(document, schema)) return evaluate;
  return (instance, seen) => {
    const { value, run } = instance;
    if (run.active.some(([one, judged]) => one === schema && judged === value))
      return violated(instance, "must match a schema that has an end");
    run.active.push([schema, value]);
    const isValid = evaluate(instance, seen);
    run.active.pop();
    return isValid;
  };
}

/** In this order: a pattern comes after the lengths, since it may be harmless only for short texts. */
const KEYWORDS = { ...SCALAR_KEYWORDS, ...LIST_KEYWORDS, ...OBJECT_KEYWORDS, ...COMBINING_KEYWORDS };

/** After all others, whose annotations they need. */
const UNEVALUATED = { unevaluatedItems: UNEVALUATED_ITEMS, unevaluatedProperties: UNEVALUATED_PROPERTIES };

/** A schema that applies to itself without end would fill the stack. */
const MAX_DEPTH = 800;

function compileSchema(schema: JsonObject, compiler: Compiler): Evaluate {
  const checks = compileKeywords(KEYWORDS, schema, compiler);
  const last = compileKeywords(UNEVALUATED, schema, compiler);
  return (instance, seen) => {
    const { run } = instance;
    if (run.depth >= MAX_DEPTH) return violated(instance, "is nested too deeply");
    run.depth++;
    countSteps(run, 1);
    // What an invalid schema has evaluated counts for nothing.
    const own = last.length > 0 || seen !== undefined ? new Seen() : undefined;
    const isValid =
      every(checks, run, (check) => check(instance, own)) && every(last, run, (check) => check(instance, own));
    run.depth--;
    if (isValid && own !== undefined) seen?.add(own);
    return isValid;
  };
}

function compileKeywords(keywords: typeof KEYWORDS, schema: JsonObject, compiler: Compiler): readonly Evaluate[] {
  return Object.entries(keywords).flatMap(([name, keyword]) => {
    const parameter = Object.hasOwn(schema, name) ? schema[name] : undefined;
    return parameter === undefined ? [] : (keyword(parameter, schema, compiler) ?? []);
  });
}

const ALWAYS: Subschema = { evaluate: () => true, absentNames: () => NONE, isAbsent: () => false };

const NEVER: Subschema = { ...ALWAYS, evaluate: (instance) => violated(instance, "boolean schema is false") };
