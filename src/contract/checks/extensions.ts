import type { Report } from "../document/finding.ts";
import { eachNode, isNamedByPeople } from "../document/walk.ts";
import { DOCUMENT_EXTENSION, EXTENSION } from "../model/extension.ts";
import type { Outline } from "../model/outline.ts";

/** Finds words of ours that would have no effect: misspelt ones, and those that stand elsewhere than at an operation. */
export function checkExtensions({ document, operations }: Outline, report: Report) {
  const places = new Set(operations.map(({ pointer }) => pointer.join("\0")));
  eachNode(document.root, (pointer, node) => {
    if (!Object.hasOwn(node, "x-latchkey") || isNamedByPeople(pointer)) return;
    const at = [...pointer, "x-latchkey"];
    const isRoot = pointer.length === 0;
    if (!isRoot && !places.has(pointer.join("\0"))) {
      report(at, "x-latchkey stands where it has no effect: move it to an operation");
      return;
    }
    const expected = isRoot ? DOCUMENT_EXTENSION : EXTENSION;
    for (const issue of expected.safeParse(node["x-latchkey"]).error?.issues ?? []) {
      const name = ["x-latchkey", ...issue.path].join(".");
      const known = Object.keys(expected.shape).join(", ");
      report([...at, ...issue.path.map(toStep)], `${name} is not valid: ${issue.message} (it knows ${known})`);
    }
  });
}

function toStep(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}
