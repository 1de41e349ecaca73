import { Ajv2020 } from "ajv/dist/2020.js";
import type { Pointer } from "../../contract/document/finding.ts";
import { asRecord, isRecord, type JsonObject, parsePointer, toReference } from "../../contract/document/json.ts";
import type { OpenApiDocument } from "../../contract/document/openapi-document.ts";
import { FORMATS } from "../../contract/model/formats.ts";

/** True: the value certainly matches the schema. False: it does not, or only the validator can tell. */
export type CompiledCheck = (value: unknown) => boolean;

export type CompiledSchemas = {
  /**
   * The check for a schema of requests. It adds defaults to the value, as the validator does.
   * @returns undefined when the schema at `pointer` has keywords that the validator interprets in its own way.
   */
  readonly ofRequest: (pointer: Pointer) => CompiledCheck | undefined;
  /** The same for a schema of responses, which get no defaults. */
  readonly ofResponse: (pointer: Pointer) => CompiledCheck | undefined;
};

/** Keywords that the validator does not interpret as JSON Schema does. */
const SPECIAL_KEYWORDS =
  /^(?:discriminator|readOnly|writeOnly|nullable|\$dynamicRef|\$dynamicAnchor|\$id|\$anchor|\$defs|x-eov-.*)$/;

/**
 * The schemas of a contract, compiled with the validator's own library and options. They only ever admit: a value that
 * they refuse goes to the validator. A schema that the validator would interpret differently is not compiled.
 */
export function createCompiledSchemas(document: OpenApiDocument): CompiledSchemas {
  const ofResponse = compiler(document, { useDefaults: false });
  return {
    ofRequest: compiler(document, { useDefaults: true }),
    ofResponse: (pointer) =>
      isPrunedByAlternatives(document, document.findAt(pointer)) ? undefined : ofResponse(pointer),
  };
}

function compiler(document: OpenApiDocument, options: { readonly useDefaults: boolean }) {
  let ajv: Ajv2020 | undefined;
  return (pointer: Pointer): CompiledCheck | undefined => {
    const schema = document.findAt(pointer);
    if (schema === undefined || !isOrdinary(document, schema, new Set())) return undefined;
    if (ajv === undefined) {
      ajv = new Ajv2020({ strict: false, validateSchema: false, logger: false, formats: FORMATS, ...options });
      ajv.addSchema(document.root, "contract");
    }
    return ajv.compile({ $ref: `contract${toReference(pointer)}` });
  };
}

/** Whether neither `node` nor anything that it refers to has a special keyword. */
function isOrdinary(document: OpenApiDocument, node: unknown, seen: Set<string>): boolean {
  if (Array.isArray(node)) return node.every((one) => isOrdinary(document, one, seen));
  if (!isRecord(node)) return true;
  if (Object.keys(node).some((name) => SPECIAL_KEYWORDS.test(name))) return false;
  return Object.entries(node).every(([name, value]) =>
    name === "$ref" ? isOrdinaryRef(document, value, seen) : isOrdinary(document, value, seen),
  );
}

function isOrdinaryRef(document: OpenApiDocument, ref: unknown, seen: Set<string>): boolean {
  if (typeof ref !== "string" || !ref.startsWith("#/")) return false;
  if (seen.has(ref)) return true;
  seen.add(ref);
  const target = document.findAt(parsePointer(ref));
  return target !== undefined && isOrdinary(document, asRecord(target), seen);
}

/** Below these keywords a schema may fail, and the whole may match all the same. */
const ALTERNATIVES = ["oneOf", "anyOf", "not", "if", "contains"];

/**
 * The validator removes undeclared properties from responses, even while it tries an alternative that does not match in
 * the end. So only the validator can tell what is left of such a response.
 */
function isPrunedByAlternatives(document: OpenApiDocument, schema: unknown): boolean {
  return isAnywhere(document, schema, (node) =>
    ALTERNATIVES.some((name) => isAnywhere(document, node[name], (one) => one["additionalProperties"] === false)),
  );
}

/** Whether `matches` holds for `node`, or for any object inside it or inside what it refers to. */
function isAnywhere(
  document: OpenApiDocument,
  node: unknown,
  matches: (one: JsonObject) => boolean,
  seen = new Set<unknown>(),
): boolean {
  if (typeof node !== "object" || node === null || seen.has(node)) return false;
  seen.add(node);
  if (isRecord(node) && matches(node)) return true;
  const { $ref } = asRecord(node);
  const target = typeof $ref === "string" ? document.findAt(parsePointer($ref)) : undefined;
  return [target, ...Object.values(node)].some((one) => isAnywhere(document, one, matches, seen));
}
