import type { Ajv2020 } from "ajv/dist/2020.js";
import { canonicalJson } from "../exact/values.ts";

/**
 * Replaces Ajv's own check of `uniqueItems`, which compares each item with each other: a list in a body of 1 MiB would take
 * seconds or minutes.
 */
export function addUniqueItems(ajv: Ajv2020) {
  ajv.removeKeyword("uniqueItems");
  ajv.addKeyword({
    keyword: "uniqueItems",
    type: "array",
    schemaType: "boolean",
    validate: (isUnique: boolean, items: readonly unknown[]) => !isUnique || areUnique(items),
    error: { message: "must NOT have duplicate items" },
  });
}

function areUnique(items: readonly unknown[]): boolean {
  const isPlain = items.every((item) => typeof item !== "object" || item === null);
  return new Set(isPlain ? items : items.map(canonicalJson)).size === items.length;
}
