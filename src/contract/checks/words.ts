import type { Pointer, Report } from "../document/finding.ts";
import { isRecord, MAX_REFERENCES, parsePointer } from "../document/json.ts";
import { kindAt } from "../document/object-kinds.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { eachNode, isNamedByAuthor } from "../document/walk.ts";
import type { Outline } from "../model/outline.ts";

/** Finds keywords that mean something else than their authors expect, and references without a target, anywhere. */
export function checkWords({ document }: Outline, report: Report) {
  eachNode(document.root, (pointer, node) => {
    for (const [word, message] of Object.entries(MISREAD_WORDS)) {
      if (Object.hasOwn(node, word) && !isNamedByAuthor(pointer)) report([...pointer, word], message);
    }
    if (Array.isArray(node["enum"]) && node["enum"].length === 0 && !isNamedByAuthor(pointer)) {
      report([...pointer, "enum"], "an empty enum accepts no value: list the values, or remove it", "empty-enum");
    }
    const { $ref } = node;
    if (typeof $ref !== "string" || document.resolve(node) !== undefined) return;
    const message = refMessage(document, $ref, isExtension(pointer));
    if (message !== undefined) report([...pointer, "$ref"], message, "reference");
  });
}

const MISREAD_WORDS: Readonly<Record<string, string>> = {
  nullable: "nullable is from OpenAPI 3.0: use type: [string, 'null'] instead",
  $recursiveRef: "$recursiveRef is from JSON Schema 2019-09, so it checks nothing: use $ref, or $dynamicRef",
};

/**
 * Why a reference is wrong; undefined when it is not, or when only a later one in its chain is, which has its own
 * finding.
 */
function refMessage(document: OpenApiDocument, $ref: string, mayBeAnything: boolean): string | undefined {
  if (!$ref.startsWith("#")) return `${$ref} is outside this file: bundle the contract into one file first`;
  if (!$ref.startsWith("#/")) return `${$ref} refers to an anchor that does not exist: correct the reference`;
  const steps = parsePointer($ref);
  const name = `#/${steps.join("/")}`;
  const target = document.findAt(steps);
  if (target === undefined) return `${name} does not exist: correct the reference`;
  if (typeof target === "boolean" && kindAt(steps) === "schema") return undefined;
  if (!isRecord(target)) return mayBeAnything ? undefined : `${name} is not an object: correct the reference`;
  return endOf(document, steps, name);
}

function isExtension(pointer: Pointer): boolean {
  return pointer.some((step) => String(step).startsWith("x-"));
}

/**
 * What is wrong with the end of a chain of references from `start`; undefined when nothing is, or it has its own
 * finding.
 */
function endOf(document: OpenApiDocument, start: readonly string[], name: string): string | undefined {
  const seen = new Set<string>();
  let steps = start;
  for (let count = 0; count < MAX_REFERENCES; count++) {
    if (seen.has(steps.join("/"))) return `${name} refers to itself in a circle: remove one of its references`;
    seen.add(steps.join("/"));
    const target = document.findAt(steps);
    const $ref = isRecord(target) ? target["$ref"] : undefined;
    if (typeof $ref !== "string" || !$ref.startsWith("#/")) return undefined;
    steps = parsePointer($ref);
  }
  return `${name} leads through more than ${MAX_REFERENCES} references: refer to the last one`;
}
