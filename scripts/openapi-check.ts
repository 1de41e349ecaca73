import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv2020 } from "ajv/dist/2020.js";
import standaloneCode from "ajv/dist/standalone/index.js";
import addFormats from "ajv-formats";

/** The schema of OpenAPI 3.1 that the validator has, in which Ajv can follow every reference. */
const SCHEMA = "express-openapi-validator/dist/framework/openapi.v3_1.modified.schema.json";

/**
 * The code with which Ajv checks a document against the schema of OpenAPI 3.1. To compile it at each start would take
 * 0.1 s.
 */
export function toOpenApiCheck(): string {
  const ajv = new Ajv2020({ allErrors: true, strict: false, validateSchema: false, code: { source: true, esm: true } });
  addFormats.default(ajv, ["email", "regex", "uri", "uri-reference"]);
  ajv.addFormat("media-range", true);
  const schema = JSON.parse(readFileSync(fileURLToPath(import.meta.resolve(SCHEMA)), "utf8"));
  const code = standaloneCode.default(ajv, { validateOpenApi: ajv.addSchema(schema, "openapi") && "openapi" });
  // Ajv requires only the formats that are functions.
  const imported = code
    .replaceAll('require("ajv-formats/dist/formats").fullFormats', "fullFormats")
    .replace('"use strict";', "")
    .replace("export const validateOpenApi", "export const validateOpenApi: ValidateFunction");
  if (imported.includes("require(")) throw new Error("The code of Ajv requires a module that is not imported.");
  return `// @ts-nocheck: Ajv wrote it, from the schema of OpenAPI 3.1, by \`npm run generate\`. Do not edit.
import type { ValidateFunction } from "ajv";
import { fullFormats } from "ajv-formats/dist/formats.js";
${imported}
`;
}
