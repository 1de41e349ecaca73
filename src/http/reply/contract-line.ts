import type { Aspect, SourceLines } from "../../contract/model/source-lines.ts";
import type { Problem } from "../../problem/problem.ts";
import type { Check } from "../../usage/decision.ts";

/** The part of the operation that each stage enforces. */
const ASPECTS: Partial<Readonly<Record<Check, Aspect>>> = {
  identify: "security",
  authorize: "security",
  limit: "limits",
  body: "body",
};

const PARAMETER = /^#\/((?:path|query|header|cookie)\/.+)/;

/** The line of the contract that a request violated: see `Decision`. @param check what refused the request. */
export function contractLineOf(
  { errors = [] }: Problem,
  check: Check,
  operationId: string,
  sourceLines: SourceLines,
): number {
  if (check !== "validate") return sourceLines.lineOf(operationId, ASPECTS[check] ?? "operation");

  const [, parameter] = PARAMETER.exec(errors[0]?.pointer ?? "") ?? [];
  return sourceLines.lineOf(operationId, parameter === undefined ? "body" : "parameters", parameter);
}
