import type { Report } from "../document/finding.ts";
import { eachNode, isNamedByAuthor } from "../document/walk.ts";
import { DOCUMENT_EXTENSION, EXTENSION } from "../model/extension.ts";
import type { Outline } from "../model/outline.ts";

/** Finds `x-latchkey` that would have no effect: with unknown words, or outside of operations and the root. */
export function checkExtensions({ document, operations }: Outline, report: Report) {
  const places = new Set(operations.map(({ pointer }) => pointer.join("\0")));
  eachNode(document.root, (pointer, node) => {
    if (!Object.hasOwn(node, "x-latchkey") || isNamedByAuthor(pointer)) return;
    const at = [...pointer, "x-latchkey"];
    const isRoot = pointer.length === 0;
    if (!isRoot && !places.has(pointer.join("\0"))) {
      report(at, "x-latchkey has no effect here: move it to an operation");
      return;
    }
    const expected = isRoot ? DOCUMENT_EXTENSION : EXTENSION;
    for (const issue of expected.safeParse(node["x-latchkey"]).error?.issues ?? []) {
      const name = ["x-latchkey", ...issue.path].join(".");
      const known = Object.keys(expected.shape).join(", ");
      report([...at, ...issue.path.map(toStep)], `${name} is not valid: ${issue.message} (known words: ${known})`);
    }
  });
}

function toStep(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}
