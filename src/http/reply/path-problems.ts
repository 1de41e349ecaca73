import type { Problem } from "../../problem/problem.ts";

/** The path matches no operation and no page. */
export const PATH_UNKNOWN = {
  code: "not-found",
  detail: "Nothing is served at this path; see /docs for the paths of this API.",
} as const satisfies Problem;

/** The value of `Allow` (RFC 9110 §10.2.1): `methods`, and those that this service adds itself. */
export function toAllow(methods: readonly string[]): string {
  const withHead = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...withHead, "OPTIONS"].join(", ");
}

/** @param allow the value of `Allow`, which the response must have too. */
export function methodNotAllowed(allow: string): Problem {
  return { code: "method-not-allowed", detail: `This path does not support the method; use one of ${allow}.` };
}
