import { asList, asRecord, isRecord, type JsonObject } from "../../document/json.ts";
import { ANNOTATIONS, SUBSCHEMAS, UNSUPPORTED } from "./keywords.ts";
import { NotCompiled } from "./not-compiled.ts";

export type Schema = JsonObject | boolean;

export type RewriteOptions = {
  /** Properties with this keyword must be absent: `readOnly` in requests, `writeOnly` in responses. */
  readonly absent: "readOnly" | "writeOnly";
  /** The name under which the target of a reference is known. */
  readonly nameOf: (reference: string) => string;
};

/**
 * A copy of `schema` for Ajv: references have the names of their targets, and absent properties match nothing.
 * @throws NotCompiled when it has a keyword that the service does not interpret.
 */
export function rewriteSchema(schema: unknown, options: RewriteOptions): Schema {
  if (!isRecord(schema)) return schema !== false;
  const copy: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(schema)) {
    if (UNSUPPORTED.has(keyword) || keyword.startsWith("x-eov-")) throw new NotCompiled(`it uses ${keyword}`);
    if (ANNOTATIONS.has(keyword) || keyword.startsWith("x-")) continue;
    copy[keyword] = rewriteKeyword(keyword, value, options);
  }
  const required = asList(schema["required"]).filter((name) => !isAbsent(schema, String(name), options));
  if (required.length < asList(schema["required"]).length) copy["required"] = required;
  // Ajv refuses it without a type, where it has no effect.
  if (schema["type"] === undefined) delete copy["nullable"];
  return schema[options.absent] === true ? { allOf: [copy], not: {} } : copy;
}

function rewriteKeyword(keyword: string, value: unknown, options: RewriteOptions): unknown {
  if (keyword === "$ref") return nameOf(value, options);
  const kind = SUBSCHEMAS.get(keyword);
  if (kind === undefined) return value;
  if (kind === "list" || Array.isArray(value)) return asList(value).map((one) => rewriteItem(one, options));
  if (kind === "one") return rewriteSchema(value, options);
  return Object.fromEntries(Object.entries(asRecord(value)).map(([name, one]) => [name, rewriteItem(one, options)]));
}

/** `dependencies` also has lists of names. */
function rewriteItem(value: unknown, options: RewriteOptions): unknown {
  return typeof value === "string" || Array.isArray(value) ? value : rewriteSchema(value, options);
}

function nameOf(reference: unknown, options: RewriteOptions): string {
  if (typeof reference === "string" && reference.startsWith("#/")) return options.nameOf(reference);
  throw new NotCompiled(`it refers to ${JSON.stringify(reference)}`);
}

function isAbsent({ properties }: JsonObject, name: string, { absent }: RewriteOptions): boolean {
  const all = asRecord(properties);
  return Object.hasOwn(all, name) && asRecord(all[name])[absent] === true;
}
