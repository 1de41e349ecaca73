import type { Problem } from "../../problem/problem.ts";

/** The path matches no operation and no page. @param prefix the path below which the pages are. */
export function pathUnknown(prefix: string): Problem {
  return { code: "not-found", detail: `Nothing is served at this path; see ${prefix}/docs for the paths of this API.` };
}

/** An upstream could read another path than the one that was matched. */
export const PATH_AMBIGUOUS = {
  code: "not-found",
  detail: "Nothing is served at this path.",
} as const satisfies Problem;

/** @param name the path parameter whose value has an encoded slash. */
export function slashRefused(name: string): Problem {
  return {
    code: "not-found",
    detail: `The path parameter ${name} must not contain an encoded slash (%2F); the contract can allow it with x-latchkey: { encodedSlash: pass }.`,
  };
}

/** The value of `Allow` (RFC 9110 §10.2.1): `methods`, and those that this service adds itself. */
export function toAllow(methods: readonly string[]): string {
  const withHead = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...new Set([...withHead, "OPTIONS"])].join(", ");
}

/** @param allow the value of `Allow`, which the response must have too. */
export function methodNotAllowed(allow: string): Problem {
  return { code: "method-not-allowed", detail: `This path does not support the method; use one of ${allow}.` };
}
