import { asRecord } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { compilePattern } from "../patterns/compile-pattern.ts";

/**
 * Checks a text by the component schema `name`, as HTTP requests are checked by it.
 * @returns what is wrong with the text; undefined when it is valid.
 */
export type CheckText = (name: string, text: string) => string | undefined;

export function createCheckText({ root, resolve }: OpenApiDocument): CheckText {
  const schemas = asRecord(asRecord(root["components"])["schemas"]);
  return (name, text) => {
    const schema = resolve(schemas[name]);
    if (schema === undefined) throw new Error(`The contract has no schema ${name}.`);
    const { minLength = 0, maxLength = 0, pattern = "", description = "" } = schema;

    // JSON Schema counts characters, not UTF-16 units.
    const length = [...text].length;
    if (length < Number(minLength))
      return length === 0 ? "must not be empty" : `must have at least ${minLength} characters`;
    if (length > Number(maxLength)) return `must have at most ${maxLength} characters`;
    return compilePattern(String(pattern)).test(text) ? undefined : `is not valid: ${description}`;
  };
}
