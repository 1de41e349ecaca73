import type { Pointer } from "../../document/finding.ts";
import { asList, asRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

/** A body that is one of several, told apart by one of its properties. */
export type Discriminator = {
  readonly property: string;
  /** By the value of the property: where the schema of such a body is. */
  readonly places: ReadonlyMap<string, Pointer>;
  /** What every such body has to match besides. */
  readonly common: JsonObject;
};

/** The discriminator of the schema of a body; undefined without alternatives that it tells apart. */
export function toDiscriminator({ resolve }: OpenApiDocument, written: unknown): Discriminator | undefined {
  const schema = resolve(written) ?? {};
  const { propertyName, mapping } = asRecord(schema["discriminator"]);
  const references = asList(schema["oneOf"] ?? schema["anyOf"]).map((one) => asRecord(one)["$ref"]);
  if (typeof propertyName !== "string") return undefined;
  const rows = references.filter(isPointer).flatMap((reference) => {
    const name = reference.slice(reference.lastIndexOf("/") + 1);
    const mapped = Object.entries(asRecord(mapping)).filter(([, target]) => target === reference || target === name);
    const options = mapped.length > 0 ? mapped.map(([option]) => option) : [name];
    return options.map((option) => [option, parsePointer(reference)] as const);
  });
  if (rows.length === 0) return undefined;
  const { properties, required } = schema;
  const common = { ...(properties !== undefined && { properties }), ...(required !== undefined && { required }) };
  return { property: propertyName, places: new Map(rows), common };
}

function isPointer(reference: unknown): reference is string {
  return typeof reference === "string" && reference.startsWith("#/");
}
