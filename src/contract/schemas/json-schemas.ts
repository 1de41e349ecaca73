import type { Ajv2020 } from "ajv/dist/2020.js";
import { once } from "../../lib/async/once.ts";
import type { Pointer, Report } from "../document/finding.ts";
import { asRecord, isRecord, type JsonObject, parsePointer, toReference } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { eachNode } from "../document/walk.ts";
import { FORMATS } from "../model/formats.ts";
import { toOperation } from "../model/operations.ts";
import type { FoundOperation, Outline } from "../model/outline.ts";
import { toPointer } from "./instance-path.ts";
import { lazyRequire } from "./lazy-require.ts";

const createSchemaChecker = once(() => {
  const { Ajv2020 } = lazyRequire("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  return new Ajv2020({ strict: false, formats: FORMATS });
});

/**
 * Finds schemas of requests that Ajv cannot compile: the service compiles most of them only when the first request
 * needs them.
 */
export function checkJsonSchemas(outline: Outline, report: Report) {
  const { document } = outline;
  const ajv = createSchemaChecker();
  const compile = once(() => compilerOf(document));
  for (const place of reachedFrom(
    document,
    outline.operations.flatMap((one) => schemasOf(outline, one)),
  )) {
    const schema = document.findAt(place);
    if (!isRecord(schema) || isValid(ajv, schema)) continue;
    // Much of what JSON Schema forbids means nothing to Ajv, such as a description that is not a text.
    const failure = compile()(place);
    if (failure === undefined) continue;
    const [error] = ajv.errors ?? [];
    report(
      [...place, ...toPointer(error?.instancePath ?? "")],
      `this schema cannot be used: ${error?.message ?? failure}`,
    );
  }
}

/** Whether JSON Schema allows the schema. Ajv throws at one whose `$schema` it does not know. */
function isValid(ajv: Ajv2020, schema: JsonObject): boolean {
  try {
    return ajv.validateSchema(schema) === true;
  } catch {
    return false;
  }
}

/** The places of the schemas of parameters and bodies that are read. */
function schemasOf(outline: Outline, found: FoundOperation): readonly Pointer[] {
  const parameters = found.parameters.flatMap(({ place, parameter }) => [
    [...place, "schema"],
    ...Object.keys(asRecord(parameter["content"])).map((type) => [...place, "content", type, "schema"]),
  ]);
  const [place, body] = outline.document.follow([...found.pointer, "requestBody"], found.operation["requestBody"]);
  const read = toOperation(outline, found).body?.mediaTypes ?? [];
  const types = Object.keys(asRecord(body?.["content"])).filter((type) => read.includes(type.toLowerCase()));
  return [...parameters, ...types.map((type) => [...place, "content", type, "schema"])];
}

/** These places, and those of all schemas that they refer to, each once. */
function reachedFrom({ findAt }: OpenApiDocument, places: readonly Pointer[]): readonly Pointer[] {
  const reached = new Map<string, Pointer>();
  const open = [...places];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const name = toReference(place);
    if (reached.has(name)) continue;
    reached.set(name, place);
    eachNode(asRecord(findAt(place)), (_, { $ref }) => {
      if (typeof $ref === "string" && $ref.startsWith("#/")) open.push(parsePointer($ref));
    });
  }
  return [...reached.values()];
}

/** Compiles the schema at a place; returns why it cannot be compiled, or undefined. */
function compilerOf({ root }: OpenApiDocument): (place: Pointer) => string | undefined {
  const { Ajv2020 } = lazyRequire("ajv/dist/2020.js") as typeof import("ajv/dist/2020.js");
  const ajv: Ajv2020 = new Ajv2020({ strict: false, validateSchema: false, logger: false, formats: FORMATS });
  ajv.addSchema(root, "contract");
  return (place) => {
    try {
      ajv.compile({ $ref: `contract${toReference(place)}` });
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
}
