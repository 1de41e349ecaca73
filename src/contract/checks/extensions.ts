import type { Report } from "../document/finding.ts";
import { eachNode, isNamedByAuthor } from "../document/walk.ts";
import { DOCUMENT_EXTENSION, EXTENSION, PARAMETER_EXTENSION, SCHEME_EXTENSION } from "../model/extension.ts";
import type { Outline } from "../model/outline.ts";

/** Finds `x-latchkey` that would have no effect: with unknown words, or where nothing reads it. */
export function checkExtensions({ document, operations, schemeNames }: Outline, report: Report) {
  const places = new Map<string, Expected>([
    ["", DOCUMENT_EXTENSION],
    ...schemeNames.map((name) => [["components", "securitySchemes", name].join("\0"), SCHEME_EXTENSION] as const),
    ...operations.map(({ pointer }) => [pointer.join("\0"), EXTENSION] as const),
    ...operations.flatMap(({ parameters }) =>
      parameters.map(({ place }) => [place.join("\0"), PARAMETER_EXTENSION] as const),
    ),
  ]);
  eachNode(document.root, (pointer, node) => {
    if (!Object.hasOwn(node, "x-latchkey") || isNamedByAuthor(pointer)) return;
    const at = [...pointer, "x-latchkey"];
    const expected = places.get(pointer.join("\0"));
    if (expected === undefined) {
      report(at, "x-latchkey has no effect here: move it to an operation");
      return;
    }
    if (expected === PARAMETER_EXTENSION && node["in"] !== "path") {
      report(at, `x-latchkey has no effect on a parameter in ${node["in"]}: remove it`);
      return;
    }
    for (const issue of expected.safeParse(node["x-latchkey"]).error?.issues ?? []) {
      const name = ["x-latchkey", ...issue.path].join(".");
      const known = Object.keys(expected.shape).join(", ");
      report([...at, ...issue.path.map(toStep)], `${name} is not valid: ${issue.message} (known words: ${known})`);
    }
  });
}

type Expected = typeof DOCUMENT_EXTENSION | typeof EXTENSION | typeof PARAMETER_EXTENSION | typeof SCHEME_EXTENSION;

function toStep(step: PropertyKey): string | number {
  return typeof step === "number" ? step : String(step);
}
