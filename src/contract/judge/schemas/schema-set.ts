import { Ajv2020, type Options, type ValidateFunction } from "ajv/dist/2020.js";
import type { Pointer } from "../../document/finding.ts";
import { isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { FORMATS } from "../../model/formats.ts";
import { PATTERN_ENGINE } from "../../patterns/compile-pattern.ts";
import { NotCompiled } from "./not-compiled.ts";
import { type RewriteOptions, rewriteSchema, type Schema } from "./rewrite-schema.ts";
import { addUniqueItems } from "./unique-items.ts";

/** Compiles schemas of a document. Of the document Ajv gets only what they refer to: the whole of it takes seconds. */
export type SchemaSet = {
  /** The schema at `place`, for Ajv. @throws NotCompiled */
  readonly schemaAt: (place: Pointer) => Schema;
  /** `schema`, for Ajv. @throws NotCompiled */
  readonly rewritten: (schema: JsonObject) => Schema;
  /** @throws Error when Ajv refuses the schema. */
  readonly compile: (schema: Schema) => ValidateFunction;
};

type SetOptions = Pick<RewriteOptions, "absent"> & Pick<Options, "useDefaults">;

const OPTIONS = {
  strict: false,
  // The validator has checked the schemas, or reports them.
  validateSchema: false,
  meta: false,
  logger: false,
  formats: FORMATS,
  // The functions are as fast without, and a third of the time to compile them is saved.
  code: { optimize: false, regExp: PATTERN_ENGINE },
} as const;

export function createSchemaSet(document: OpenApiDocument, { absent, ...options }: SetOptions): SchemaSet {
  const ajv = new Ajv2020({ ...OPTIONS, ...options });
  addUniqueItems(ajv);
  const names = new Map<string, string>();
  let count = 0;
  const nameOf = (reference: string): string => {
    const known = names.get(reference);
    if (known !== undefined) return known;
    const name = `schema-${count++}`;
    // Set before the target is rewritten, because that may refer to itself.
    names.set(reference, name);
    try {
      ajv.addSchema(toAdded(rewriteSchema(targetOf(document, reference), { absent, nameOf })), name);
    } catch (error) {
      names.delete(reference);
      throw error;
    }
    return name;
  };
  const toSchema = (schema: unknown) => rewriteSchema(schema, { absent, nameOf });
  return {
    schemaAt: (place) => toSchema(document.findAt(place)),
    rewritten: toSchema,
    compile: (schema) => ajv.compile(schema),
  };
}

function targetOf({ findAt }: OpenApiDocument, reference: string): unknown {
  const target = findAt(parsePointer(reference));
  if (isRecord(target) || typeof target === "boolean") return target;
  throw new NotCompiled(`it refers to ${reference}, which leads nowhere`);
}

/** Ajv adds no booleans. */
function toAdded(schema: Schema) {
  if (typeof schema !== "boolean") return schema;
  return schema ? {} : { not: {} };
}
