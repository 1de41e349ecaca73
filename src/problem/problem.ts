import { PROBLEMS, type ProblemCode } from "./catalog.ts";

/** One part of a request that is wrong, and where: a JSON pointer as a URI fragment (RFC 6901 §6). */
export type InvalidPart = { readonly detail: string; readonly pointer: string };

/** An occurrence of a problem, before it meets HTTP. */
export type Problem = {
  readonly code: ProblemCode;
  /** This occurrence, and its cure. Never quotes what the caller sent. */
  readonly detail: string;
  readonly errors?: readonly InvalidPart[];
};

/** The RFC 9457 document of `problem`. */
export function toDocument(problem: Problem, requestId: string) {
  const { status, title } = PROBLEMS[problem.code];
  const { code, detail, errors } = problem;
  return { type: `/problems/${code}`, title, status, detail, code, requestId, ...(errors && { errors }) };
}
