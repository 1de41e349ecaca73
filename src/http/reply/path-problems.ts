import type { ValueProblem } from "../../contract/model/paths/path-value.ts";
import type { Match } from "../../contract/model/paths/routes.ts";
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

/** The value of a path parameter could lead an upstream to another path. */
export function pathValueRefused({ parameter, problem }: NonNullable<Refused>): Problem {
  return { code: "target-invalid", detail: `The path parameter ${parameter} ${PATH_VALUE_PROBLEMS[problem]}.` };
}

type Refused = Extract<Match, { readonly kind: "not-found" }>["refused"];

const PATH_VALUE_PROBLEMS = {
  slash: "must not contain an encoded slash (%2F); the contract can allow it with x-latchkey: { encodedSlash: pass }",
  character: "must not contain a backslash or a control character (%5C, %00 to %1F, %7F), in any spelling",
  segment: "must not be blank or a dot segment (%20, ., ..), in any spelling, nor have such a part between slashes",
  spelling:
    "is written in a way that the API behind the proxy could take for another path; send a semicolon as %3B, and what the contract writes out as it is",
  reading: "is another path to programs that decode it again or cut it at its semicolon",
} as const satisfies Record<ValueProblem, string>;

/** The value of `Allow` (RFC 9110 §10.2.1): `methods`, and those that this service adds itself. */
export function toAllow(methods: readonly string[]): string {
  const withHead = methods.flatMap((method) => (method === "GET" ? ["GET", "HEAD"] : [method]));
  return [...new Set([...withHead, "OPTIONS"])].join(", ");
}

/** @param allow the value of `Allow`, which the response must have too. */
export function methodNotAllowed(allow: string): Problem {
  return { code: "method-not-allowed", detail: `This path does not support the method; use one of ${allow}.` };
}
