import { asRecord, type JsonObject, resolve } from "../document/json.ts";

/** What is wrong with `text` as the component schema `name` describes texts; undefined when nothing is. */
export function violationOf(document: JsonObject, name: string, text: string): string | undefined {
  const schema = resolve(document, asRecord(asRecord(document["components"])["schemas"])[name]);
  if (schema === undefined) throw new Error(`The contract has no schema ${name}.`);
  const { minLength = 0, maxLength = 0, pattern = "", description = "" } = schema;

  // JSON Schema counts characters, not UTF-16 units.
  const length = [...text].length;
  if (length < Number(minLength))
    return length === 0 ? "must not be empty" : `must have at least ${minLength} characters`;
  if (length > Number(maxLength)) return `must have at most ${maxLength} characters`;
  return new RegExp(String(pattern), "u").test(text) ? undefined : `is not valid: ${description}`;
}
