import { setImmediate } from "node:timers/promises";
import type { NormalizedOpenApiValidatorOpts } from "express-openapi-validator/dist/framework/types.js";
import { asRecord, type JsonObject, toReference } from "../../../contract/document/json.ts";
import { isUrl } from "../../../contract/model/formats.ts";
import { PATTERN_ENGINE } from "../../../contract/patterns/compile-pattern.ts";

/** The parts of express-openapi-validator that judge requests and replies: see docs/decisions/0021. */
export type ValidatorParts = Awaited<ReturnType<typeof loadValidatorParts>>;

/** Loads the parts when they are first needed: most services need them for few requests or none. */
export async function loadValidatorParts() {
  // One in a turn of the event loop: together they would keep other requests waiting for 50 ms.
  const { AjvOptions } = await import("express-openapi-validator/dist/framework/ajv/options.js");
  await setImmediate();
  await import("express-openapi-validator/dist/framework/ajv/index.js");
  await setImmediate();
  const { SchemaPreprocessor } = await import(
    "express-openapi-validator/dist/middlewares/parsers/schema.preprocessor.js"
  );
  await setImmediate();
  const { RequestValidator } = await import("express-openapi-validator/dist/middlewares/openapi.request.validator.js");
  await setImmediate();
  const { ResponseValidator } = await import(
    "express-openapi-validator/dist/middlewares/openapi.response.validator.js"
  );
  const { preprocessor, request, response } = new AjvOptions(OPTIONS);
  const ajvOptions = {
    preprocessor: { ...preprocessor, ...AJV_OPTIONS },
    request: { ...request, ...AJV_OPTIONS },
    response: { ...response, ...AJV_OPTIONS },
  };
  /** Prepares `document` in place. With `replies` it returns a copy for them. */
  const preprocess = (document: JsonObject, replies?: typeof REPLY_OPTIONS) => {
    // The document passed the checks, which its type cannot say. The validator takes no options as well as `false`.
    const preprocessor = new SchemaPreprocessor(
      document as never,
      ajvOptions.preprocessor,
      (replies ?? false) as never,
    );
    // Otherwise it compiles each schema to find what a reference to it leads to.
    const found = preprocessor["resolvedSchemaCache"];
    const schemas = Object.entries(asRecord(asRecord(document["components"])["schemas"]));
    for (const [name, schema] of schemas) found.set(toReference(["components", "schemas", name]), schema as never);
    return preprocessor.preProcess();
  };
  return { ajvOptions, preprocess, RequestValidator, ResponseValidator };
}

/**
 * Half the time to compile a schema: Ajv need not know how to check schemas, and its code is fast without a last pass. And
 * with `strictTuples` it could not compile `prefixItems` without `minItems`.
 */
const AJV_OPTIONS = { meta: false, code: { optimize: false, regExp: PATTERN_ENGINE }, strictTuples: false } as const;

/** Not "all": that would also remove the entries of maps with free names, such as metadata. */
export const REPLY_OPTIONS = { removeAdditional: true } as const;

const OPTIONS: NormalizedOpenApiValidatorOpts = {
  apiSpec: "",
  validateRequests: { allowUnknownQueryParameters: false, coerceTypes: false },
  validateResponses: REPLY_OPTIONS,
  ajvFormats: { mode: "full" },
  validateFormats: true,
  formats: { url: { type: "string", validate: isUrl } },
  // Dates stay texts: handlers reply with texts. The validator's own serializers would also keep all that Ajv built for
  // each schema, 0.3 MB for an operation.
  serDes: [{ format: "date" }, { format: "date-time" }],
  // The parts that would read the rest are not used.
  validateApiSpec: false,
  validateSecurity: false,
  fileUploader: false,
  operationHandlers: false,
  $refParser: { mode: "bundle" },
};
