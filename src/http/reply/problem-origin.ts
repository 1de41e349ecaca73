import { REFUSALS } from "../../auth/authorize.ts";
import type { Aspect, SourceLines } from "../../contract/model/source-lines.ts";
import type { ProblemCode } from "../../problem/catalog.ts";
import type { Problem } from "../../problem/problem.ts";
import type { Check } from "../../usage/decision.ts";

/** The stage that each problem comes from, if its code does not show it. */
const STAGES: Partial<Readonly<Record<ProblemCode, Check>>> = {
  ...Object.fromEntries(Object.entries(REFUSALS).map(([code, { check }]) => [code, check])),
  "request-malformed": "message",
  "target-invalid": "message",
  "headers-too-large": "message",
  "expectation-failed": "message",
  "not-implemented": "message",
  "request-timeout": "message",
  "not-found": "match",
  "method-not-allowed": "match",
  "key-in-cleartext": "identify",
  "too-many-failures": "identify",
  "rate-limited": "limit",
  "quota-exceeded": "limit",
  "body-malformed": "body",
  "content-too-large": "body",
  "media-type-unsupported": "body",
  "request-invalid": "validate",
};

/** The stage that refused a request with this problem. */
export function stageOf(code: ProblemCode): Check {
  return STAGES[code] ?? (code.startsWith("upstream-") ? "upstream" : "handle");
}

/** The part of the operation that each stage enforces. */
const ASPECTS: Partial<Readonly<Record<Check, Aspect>>> = {
  identify: "security",
  authorize: "security",
  limit: "limits",
  body: "body",
};

const PARAMETER = /^#\/((?:path|query|header|cookie)\/.+)/;

/** The line of the contract that a request with this problem violated. */
export function contractLineOf({ code, errors = [] }: Problem, operationId: string, sourceLines: SourceLines): number {
  const stage = stageOf(code);
  if (stage !== "validate") return sourceLines.lineOf(operationId, ASPECTS[stage] ?? "operation");

  const [, parameter] = PARAMETER.exec(errors[0]?.pointer ?? "") ?? [];
  return sourceLines.lineOf(operationId, parameter === undefined ? "body" : "parameters", parameter);
}
