import type { components } from "../contract/types.gen.ts";

/** The document of RFC 9457, as the service writes it. */
export type Problem = components["schemas"]["Problem"];

/** Was this answered with a problem? Others have objects with a member `code` too, but not under this media type. */
export function isProblem(headers: Headers, body: unknown): body is Problem {
  const isNamed = headers.get("content-type")?.startsWith("application/problem+json");
  return isNamed === true && typeof (body as Partial<Problem> | null)?.code === "string";
}
