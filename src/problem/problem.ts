import { PROBLEMS, type ProblemCode } from "./catalog.ts";

/** An invalid part of a request. `pointer` locates it: a JSON Pointer as a URI fragment (RFC 6901 §6). */
export type InvalidPart = { readonly detail: string; readonly pointer: string };

/** One occurrence of a problem, before it becomes an HTTP response. */
export type Problem = {
  readonly code: ProblemCode;
  /** What went wrong this time, and how to fix it. Never quotes what the caller sent. */
  readonly detail: string;
  readonly errors?: readonly InvalidPart[];
};

/**
 * The problem document (RFC 9457) of `problem`.
 * @param prefix the path below which the page of the problem is; empty for none.
 */
export function toDocument(problem: Problem, requestId: string, prefix = "") {
  const { status, title } = PROBLEMS[problem.code];
  const { code, detail, errors } = problem;
  return { type: `${prefix}/problems/${code}`, title, status, detail, code, requestId, ...(errors && { errors }) };
}
