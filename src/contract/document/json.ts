import type { Pointer } from "./finding.ts";

/** A JSON object of which nothing is known yet. */
export type JsonObject = { readonly [name: string]: unknown };

/** `value` if it is a JSON object, and an empty one otherwise: for reading documents that may be wrong anywhere. */
export function asRecord(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A chain of references that is longer is not followed, and may be a circle. */
export const MOST_STEPS = 32;

/**
 * Follows `$ref` until there is none; undefined when it leads nowhere, out of the document, or in a circle.
 * Keywords beside a `$ref` (OpenAPI 3.1 allows them) are laid over what it leads to.
 */
export function resolve(document: JsonObject, value: unknown): JsonObject | undefined {
  let node = value;
  let beside: JsonObject = {};
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    if (!isRecord(node)) return undefined;
    const { $ref, ...siblings } = node;
    beside = { ...siblings, ...beside };
    if ($ref === undefined) return beside;
    node = typeof $ref === "string" && $ref.startsWith("#/") ? findAt(document, parsePointer($ref)) : undefined;
  }
  return undefined;
}

/** What `resolve` finds for `value`, which stands at `pointer`, and where that stands: a finding needs its line. */
export function follow(document: JsonObject, pointer: Pointer, value: unknown): [Pointer, JsonObject | undefined] {
  let [place, node] = [pointer, value];
  for (let steps = 0; steps < MOST_STEPS; steps++) {
    const { $ref } = asRecord(node);
    if (typeof $ref !== "string" || !$ref.startsWith("#/")) break;
    place = parsePointer($ref);
    node = findAt(document, parsePointer($ref));
  }
  return [place, resolve(document, value)];
}

/** The steps of a JSON pointer in URI fragment form (RFC 6901 §6). */
export function parsePointer(ref: string): readonly string[] {
  return ref
    .slice(2)
    .split("/")
    .map((step) => decode(step).replaceAll("~1", "/").replaceAll("~0", "~"));
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** What stands at the end of `steps`; undefined when nothing does. */
export function findAt(document: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((node, step) => {
    if (Array.isArray(node)) return node[Number(step)];
    return isRecord(node) && Object.hasOwn(node, step) ? node[step] : undefined;
  }, document);
}
