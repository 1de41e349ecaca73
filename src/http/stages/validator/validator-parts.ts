import type { NormalizedOpenApiValidatorOpts } from "express-openapi-validator/dist/framework/types.js";
import { isUrl } from "../../../contract/model/formats.ts";

/** The parts of express-openapi-validator that judge requests and replies: see docs/decisions/0021. */
export type ValidatorParts = Awaited<ReturnType<typeof loadValidatorParts>>;

/** Loads the parts when they are first needed: most services never need them for most of their requests. */
export async function loadValidatorParts() {
  const [{ AjvOptions }, { SchemaPreprocessor }, { RequestValidator }, { ResponseValidator }] = await Promise.all([
    import("express-openapi-validator/dist/framework/ajv/options.js"),
    import("express-openapi-validator/dist/middlewares/parsers/schema.preprocessor.js"),
    import("express-openapi-validator/dist/middlewares/openapi.request.validator.js"),
    import("express-openapi-validator/dist/middlewares/openapi.response.validator.js"),
  ]);
  return { options: new AjvOptions(OPTIONS), SchemaPreprocessor, RequestValidator, ResponseValidator };
}

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
