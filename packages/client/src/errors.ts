import type { components } from "../../../src/contract/types.gen.ts";
import type { ProblemCode } from "./codes.gen.ts";

/** The problem document (RFC 9457) of the service. */
export type Problem = components["schemas"]["Problem"];

/**
 * Whether `body` is a problem document. Other servers also send objects with a `code`, but not with this media type.
 */
export function isProblem(headers: Headers, body: unknown): body is Problem {
  const isNamed = headers.get("content-type")?.startsWith("application/problem+json");
  return isNamed === true && typeof (body as Partial<Problem> | null)?.code === "string";
}

/** The properties that an error has because of its code. */
type Facts =
  | {
      readonly code: "request-invalid";
      /** The invalid parts of the request. */
      readonly errors: readonly components["schemas"]["InvalidPart"][];
    }
  | {
      readonly code: "rate-limited" | "quota-exceeded";
      readonly retryAfterSeconds: number;
      /** The names of the limits and quotas that are used up. */
      readonly violatedPolicies: readonly string[];
    }
  | { readonly code: "too-many-failures" | "unavailable"; readonly retryAfterSeconds: number }
  | { readonly code: Exclude<ProblemCode, FactualCode> };

type FactualCode = "request-invalid" | "rate-limited" | "quota-exceeded" | "too-many-failures" | "unavailable";

/** The properties of every error. Quote `requestId` when you ask for help. */
type Raised = Error & Readonly<Pick<Problem, "status" | "title" | "detail" | "requestId">>;

/** An error response of the service. Its `code` is stable and determines its other properties. */
export type ProblemError = Raised & Facts;

class RaisedProblem extends Error {
  constructor(problem: Problem, retryAfterSeconds: number) {
    const { status, code, title, detail, requestId, errors = [], "violated-policies": violatedPolicies = [] } = problem;
    super(`${code}: ${detail} (${requestId})`);
    const facts = { status, code, title, detail, requestId, errors, violatedPolicies, retryAfterSeconds };
    Object.assign(this, { name: "ProblemError" }, facts);
  }
}

// A class has one type for all instances, but narrowing by code needs a union. The constructor sets all properties.
export const ProblemError = RaisedProblem as unknown as new (
  problem: Problem,
  retryAfterSeconds: number,
) => ProblemError;

/** An error response that did not come from the service itself, but from a proxy or an upstream. */
export class ResponseError extends Error {
  override readonly name = "ResponseError";
  readonly status: number;
  /** The body of the response: JSON as a value, anything else as text. */
  readonly body: unknown;

  constructor(operation: string, status: number, body: unknown) {
    super(`${operation} failed with ${status}, in a response that is not from the service itself.`);
    this.status = status;
    this.body = body;
  }
}
