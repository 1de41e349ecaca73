import type { Pointer } from "./finding.ts";

/** A JSON object with unknown content. */
export type JsonObject = { readonly [name: string]: unknown };

/** `value` if it is a JSON object, otherwise an empty object. For documents whose parts may have the wrong type. */
export function asRecord(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

export function isRecord(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** Longer chains of references are not followed; they may be circular. */
export const MAX_REFERENCES = 500;

/**
 * Follows `$ref` to an object without one; undefined when it leads nowhere, out of the document, or in a circle.
 * Keywords beside a `$ref` (OpenAPI 3.1 allows them) override those of its target.
 */
export function resolve(document: JsonObject, value: unknown): JsonObject | undefined {
  let node = value;
  let overrides: JsonObject = {};
  for (let steps = 0; steps < MAX_REFERENCES; steps++) {
    if (!isRecord(node)) return undefined;
    const { $ref } = node;
    if ($ref === undefined) return { ...node, ...overrides };
    if (Object.keys(node).length > 1) overrides = { ...withoutReference(node), ...overrides };
    node = typeof $ref === "string" && $ref.startsWith("#/") ? findAt(document, parsePointer($ref)) : undefined;
  }
  return undefined;
}

function withoutReference({ $ref: _, ...siblings }: JsonObject): JsonObject {
  return siblings;
}

/** The pointer to what `resolve` finds for the `value` at `pointer`: findings need its line. */
export function targetOf(document: JsonObject, pointer: Pointer, value: unknown): Pointer {
  let [place, node] = [pointer, value];
  for (let steps = 0; steps < MAX_REFERENCES; steps++) {
    const { $ref } = asRecord(node);
    if (typeof $ref !== "string" || !$ref.startsWith("#/")) break;
    place = parsePointer($ref);
    node = findAt(document, parsePointer($ref));
  }
  return place;
}

/** The steps of a JSON pointer in URI fragment form (RFC 6901 §6). */
export function parsePointer(ref: string): readonly string[] {
  const steps = ref.slice(2).split("/");
  // Most references have nothing to decode, and there are many.
  return /[%~]/.test(ref) ? steps.map((step) => decode(step).replaceAll("~1", "/").replaceAll("~0", "~")) : steps;
}

/** The opposite: a reference to `pointer`, such as `#/paths/~1orders/get`. */
export function toReference(pointer: Pointer): string {
  // A fragment may have a $ (RFC 3986 §3.5), and `$defs` is easier to read so.
  const steps = pointer.map((step) =>
    encodeURIComponent(String(step).replaceAll("~", "~0").replaceAll("/", "~1")).replaceAll("%24", "$"),
  );
  return `#/${steps.join("/")}`;
}

function decode(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}

/** The value at the end of `steps`; undefined when there is none. */
export function findAt(document: unknown, steps: readonly string[]): unknown {
  return steps.reduce<unknown>((node, step) => {
    if (Array.isArray(node)) return node[Number(step)];
    return isRecord(node) && Object.hasOwn(node, step) ? node[step] : undefined;
  }, document);
}
