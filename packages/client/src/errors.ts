import type { components } from "../../../src/contract/types.gen.ts";
import type { ProblemCode } from "./codes.gen.ts";

/** The document of RFC 9457, as the service writes it. */
export type Problem = components["schemas"]["Problem"];

/** Was this answered with a problem? Others have objects with a member `code` too, but not under this media type. */
export function isProblem(headers: Headers, body: unknown): body is Problem {
  const isNamed = headers.get("content-type")?.startsWith("application/problem+json");
  return isNamed === true && typeof (body as Partial<Problem> | null)?.code === "string";
}

/** What an error knows because of its code. */
type Facts =
  | {
      readonly code: "request-invalid" /** Part by part. */;
      readonly errors: readonly components["schemas"]["InvalidPart"][];
    }
  | {
      readonly code: "rate-limited" | "quota-exceeded";
      readonly retryAfterSeconds: number;
      /** The names of the limits and quotas that refused. */
      readonly violatedPolicies: readonly string[];
    }
  | { readonly code: "too-many-failures" | "unavailable"; readonly retryAfterSeconds: number }
  | { readonly code: Exclude<ProblemCode, FactualCode> };

type FactualCode = "request-invalid" | "rate-limited" | "quota-exceeded" | "too-many-failures" | "unavailable";

/** What every error knows: `requestId` is to be quoted when asking for help. */
type Raised = Error & Readonly<Pick<Problem, "status" | "title" | "detail" | "requestId">>;

/** A refusal of the service. Its `code` is stable, and says what else is known. */
export type ProblemError = Raised & Facts;

class RaisedProblem extends Error {
  constructor(problem: Problem, retryAfterSeconds: number) {
    const { status, code, title, detail, requestId, errors = [], "violated-policies": violatedPolicies = [] } = problem;
    super(`${code}: ${detail} (${requestId})`);
    const facts = { status, code, title, detail, requestId, errors, violatedPolicies, retryAfterSeconds };
    Object.assign(this, { name: "ProblemError" }, facts);
  }
}

// A class has one type for all its instances, and narrowing by code needs one for each; the constructor fills all of them.
export const ProblemError = RaisedProblem as unknown as new (
  problem: Problem,
  retryAfterSeconds: number,
) => ProblemError;

/** An answer that is neither a success nor a problem of the service: somebody else's, a proxy's or an upstream's. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly status: number;
  /** What came with it: JSON as a value, anything else as text. */
  readonly body: unknown;

  constructor(operation: string, status: number, body: unknown) {
    super(`${operation} was answered with ${status}, and not by the service itself.`);
    this.status = status;
    this.body = body;
  }
}
