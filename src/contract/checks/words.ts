import type { Pointer, Report } from "../document/finding.ts";
import { isRecord, MOST_STEPS, parsePointer } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { eachNode, isNamedByPeople } from "../document/walk.ts";
import type { Outline } from "../model/outline.ts";

/** Finds words that the validator or the generators misread, and references that lead nowhere, wherever they stand. */
export function checkWords({ document }: Outline, report: Report) {
  eachNode(document.root, (pointer, node) => {
    for (const [word, message] of Object.entries(MISREAD_WORDS)) {
      if (Object.hasOwn(node, word) && !isNamedByPeople(pointer)) report([...pointer, word], message);
    }
    if (Array.isArray(node["enum"]) && node["enum"].length === 0 && !isNamedByPeople(pointer)) {
      report(
        [...pointer, "enum"],
        "an empty enum admits nothing, and the validator refuses it: list the values, or remove it",
      );
    }
    const { $ref } = node;
    if (typeof $ref !== "string" || document.resolve(node) !== undefined) return;
    const message = refMessage(document, $ref, isExtension(pointer));
    if (message !== undefined) report([...pointer, "$ref"], message);
  });
}

const MISREAD_WORDS: Readonly<Record<string, string>> = {
  nullable: "nullable is of OpenAPI 3.0: write type: [string, 'null'] instead",
  $defs: "$defs inside a schema cannot be resolved by the validator: move its schemas to components.schemas",
  $id: "$id gives the references below it another root, which the validator does not find: remove it",
  $dynamicRef: "$dynamicRef is not followed by the validator, so it checks nothing: write $ref",
  $recursiveRef: "$recursiveRef is not followed by the validator, so it checks nothing: write $ref",
  "<<": "<< is no merge in YAML 1.2, and what it names is left out: write $ref, or repeat it",
};

/** Undefined when the fault is further along, where it has a finding of its own. */
function refMessage(document: OpenApiDocument, $ref: string, mayBeAnything: boolean): string | undefined {
  if (!$ref.startsWith("#")) return `${$ref} is outside this file: bundle the contract into one file first`;
  if (!$ref.startsWith("#/")) return `${$ref} names an anchor: write the whole way, such as #/components/schemas/Thing`;
  const steps = parsePointer($ref);
  const name = `#/${steps.join("/")}`;
  const target = document.findAt(steps);
  if (target === undefined) return `nothing stands at ${name}: correct the reference`;
  if (!isRecord(target))
    return mayBeAnything ? undefined : `what stands at ${name} is no object: correct the reference`;
  return endOf(document, steps, name);
}

function isExtension(pointer: Pointer): boolean {
  return pointer.some((step) => String(step).startsWith("x-"));
}

/** What is wrong with where a chain of references from `start` ends; undefined where it ends well, or has a finding of its own. */
function endOf(document: OpenApiDocument, start: readonly string[], name: string): string | undefined {
  const seen = new Set<string>();
  let steps = start;
  for (let count = 0; count < MOST_STEPS; count++) {
    if (seen.has(steps.join("/"))) return `${name} leads back here in a circle: let one of its references end it`;
    seen.add(steps.join("/"));
    const target = document.findAt(steps);
    const $ref = isRecord(target) ? target["$ref"] : undefined;
    if (typeof $ref !== "string" || !$ref.startsWith("#/")) return undefined;
    steps = parsePointer($ref);
  }
  return `${name} leads through ${MOST_STEPS} references and more: refer to the last one`;
}
