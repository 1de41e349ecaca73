import { Ajv2020 } from "ajv/dist/2020.js";
import type { Pointer } from "../contract/document/finding.ts";
import { asRecord, findAt, isRecord, type JsonObject, parsePointer } from "../contract/document/json.ts";
import { FORMATS } from "../contract/model/formats.ts";

/** Is this surely what the schema wants? False: it is not, or only the validator can tell. */
export type IsSure = (value: unknown) => boolean;

export type CompiledSchemas = {
  /**
   * What it is sure of, it fills up with defaults like the validator.
   * @returns undefined when the schema at `pointer` says things that the validator reads in its own way.
   */
  readonly ofRequest: (pointer: Pointer) => IsSure | undefined;
  /** The same of an answer, which nobody fills up. */
  readonly ofAnswer: (pointer: Pointer) => IsSure | undefined;
};

/** Keywords that the validator does not take from JSON Schema. */
const OF_ITS_OWN =
  /^(?:discriminator|readOnly|writeOnly|nullable|\$dynamicRef|\$dynamicAnchor|\$id|\$anchor|\$defs|x-eov-.*)$/;

/**
 * The schemas of a contract, compiled with the validator's own library and options. Only for saying yes: what they
 * refuse goes to the validator, so here everything that it reads otherwise is left out.
 */
export function createCompiledSchemas(document: JsonObject): CompiledSchemas {
  const ofAnswer = compiler(document, { useDefaults: false });
  return {
    ofRequest: compiler(document, { useDefaults: true }),
    ofAnswer: (pointer) =>
      isEmptiedWhileTried(document, findAt(document, pointer.map(String))) ? undefined : ofAnswer(pointer),
  };
}

function compiler(document: JsonObject, options: { readonly useDefaults: boolean }) {
  let ajv: Ajv2020 | undefined;
  return (pointer: Pointer): IsSure | undefined => {
    const schema = findAt(document, pointer.map(String));
    if (schema === undefined || !isOrdinary(document, schema, new Set())) return undefined;
    if (ajv === undefined) {
      ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false, formats: FORMATS, ...options });
      ajv.addSchema(document, "contract");
    }
    return ajv.compile({ $ref: `contract#/${pointer.map(toStep).join("/")}` });
  };
}

/** Does neither this nor anything that it refers to use a keyword of the validator's own? */
function isOrdinary(document: JsonObject, node: unknown, seen: Set<string>): boolean {
  if (Array.isArray(node)) return node.every((one) => isOrdinary(document, one, seen));
  if (!isRecord(node)) return true;
  if (Object.keys(node).some((name) => OF_ITS_OWN.test(name))) return false;
  return Object.entries(node).every(([name, value]) =>
    name === "$ref" ? isOrdinaryRef(document, value, seen) : isOrdinary(document, value, seen),
  );
}

function isOrdinaryRef(document: JsonObject, ref: unknown, seen: Set<string>): boolean {
  if (typeof ref !== "string" || !ref.startsWith("#/")) return false;
  if (seen.has(ref)) return true;
  seen.add(ref);
  const target = findAt(document, parsePointer(ref));
  return target !== undefined && isOrdinary(document, asRecord(target), seen);
}

/** Where one of them does not hold, the whole may hold all the same. */
const TRIED = ["oneOf", "anyOf", "not", "if", "contains"];

/**
 * Out of answers the validator takes properties that are not declared, also while it tries an alternative that does not
 * hold in the end. So what alternatives leave of an answer only it can tell.
 */
function isEmptiedWhileTried(document: JsonObject, schema: unknown): boolean {
  return isAnywhere(document, schema, (node) =>
    TRIED.some((name) => isAnywhere(document, node[name], (one) => one["additionalProperties"] === false)),
  );
}

/** Is there such an object within `node`, or within what that refers to? */
function isAnywhere(
  document: JsonObject,
  node: unknown,
  isIt: (one: JsonObject) => boolean,
  seen = new Set<unknown>(),
): boolean {
  if (typeof node !== "object" || node === null || seen.has(node)) return false;
  seen.add(node);
  if (isRecord(node) && isIt(node)) return true;
  const { $ref } = asRecord(node);
  const target = typeof $ref === "string" ? findAt(document, parsePointer($ref)) : undefined;
  return [target, ...Object.values(node)].some((one) => isAnywhere(document, one, isIt, seen));
}

/** RFC 6901 §6. */
function toStep(step: string | number): string {
  return encodeURIComponent(String(step).replaceAll("~", "~0").replaceAll("/", "~1"));
}
