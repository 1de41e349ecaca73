import type { Report } from "../document/finding.ts";
import type { Outline } from "../model/outline.ts";
import { IDENTIFIER } from "./paths.ts";

/** Finds operations without a usable operationId. */
export function checkOperations({ operations }: Outline, report: Report) {
  const seen = new Map<unknown, string>();
  for (const { label, pointer, operation } of operations) {
    const { operationId } = operation;
    if (operationId === undefined) {
      report(pointer, `${label} has no operationId: add one, such as getThing`);
    } else if (typeof operationId !== "string" || !IDENTIFIER.test(operationId)) {
      report(
        pointer,
        `the operationId ${operationId} of ${label} is not an identifier: use letters and digits, such as getThing`,
      );
    } else if (seen.has(operationId)) {
      report(
        [...pointer, "operationId"],
        `the operationId ${operationId} of ${label} is already that of ${seen.get(operationId)}: choose another one`,
      );
    }
    seen.set(operationId, label);
  }
}

/** Finds operations without a handler, and handlers without an operation. */
export function checkHandlers(
  { operations }: Outline,
  report: Report,
  { handlers }: { readonly handlers?: readonly string[] | undefined },
) {
  if (handlers === undefined) return;
  for (const { id, pointer } of operations) {
    if (!handlers.includes(id)) report(pointer, `${id} has no handler: add one to src/http/handlers/handlers.ts`);
  }
  for (const id of handlers) {
    if (operations.some((operation) => operation.id === id)) continue;
    report(["paths"], `the handler ${id} has no operation: add the operation, or remove the handler`);
  }
}
