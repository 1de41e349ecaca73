import type { Report } from "../document/finding.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
import { eachNode, isNamedByPeople } from "../document/walk.ts";
import { DOCUMENT_EXTENSION, EXTENSION, extensionOf } from "../model/extension.ts";
import { operationsIn } from "../model/operations.ts";

/** Finds words of ours that would have no effect: misspelt ones, and those that stand elsewhere than at an operation. */
export function checkExtensions(document: JsonObject, report: Report) {
  const places = new Set(operationsIn(document).map(({ pointer }) => pointer.join("\0")));
  eachNode(document, (pointer, node) => {
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

/** `document` with the scopes of `x-latchkey` in its requirements, where everything else looks for them. */
export function withExtensionScopes(document: JsonObject, isKeyScheme: (name: string) => boolean): JsonObject {
  const copy = structuredClone(document);
  for (const { operation } of operationsIn(copy)) {
    const { scopes } = extensionOf(operation);
    const security = operation["security"] ?? copy["security"];
    if (scopes === undefined || !Array.isArray(security)) continue;
    const requirements = security.map((requirement) =>
      Object.fromEntries(
        Object.entries(asRecord(requirement)).map(([name, named]) => [
          name,
          isKeyScheme(name) && Array.isArray(named) ? [...new Set([...named, ...scopes])] : named,
        ]),
      ),
    );
    Object.assign(operation, { security: requirements });
  }
  return copy;
}
