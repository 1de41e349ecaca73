import createRouter from "find-my-way";
import { isWellEncoded } from "../../lib/http/percent.ts";
import type { Operation } from "./operations.ts";

type Routed = Pick<Operation, "method" | "path">;

export type Match<Op extends Routed = Operation> =
  | { readonly kind: "matched"; readonly operation: Op; readonly pathParams: Readonly<Record<string, string>> }
  | { readonly kind: "not-found" }
  /** The path exists, with these `methods`. */
  | { readonly kind: "method-not-allowed"; readonly methods: readonly string[] };

export type Routes<Op extends Routed = Operation> = {
  readonly match: (method: string, path: string) => Match<Op>;
};

/**
 * The route table. Paths are exact in case and slashes, and have one spelling: an encoded letter, a dot segment or an
 * encoded slash matches nothing, because an upstream might read it as another path.
 */
export function createRoutes<Op extends Routed>(operations: readonly Op[]): Routes<Op> {
  const router = createRouter({ caseSensitive: true, ignoreTrailingSlash: false, maxParamLength: MAX_PARAM_LENGTH });
  for (const [path, methods] of Map.groupBy(operations, (operation) => operation.path)) {
    // One entry per path, whatever its methods, so that a wrong method gets 405 and not 404.
    router.on("GET", toPattern(path), () => {}, new Map(methods.map((operation) => [operation.method, operation])));
  }

  return {
    match(method, path) {
      const found = isWellEncoded(path) && isCanonical(path) ? router.find("GET", path) : null;
      if (found === null) return { kind: "not-found" };

      const methods: ReadonlyMap<string, Op> = found.store;
      const operation = methods.get(method);
      if (operation === undefined) return { kind: "method-not-allowed", methods: [...methods.keys()] };
      // The router's types allow undefined, but each parameter of a matched path has a value.
      return { kind: "matched", operation, pathParams: found.params as Record<string, string> };
    },
  };
}

const MAX_PARAM_LENGTH = 4096;

/** `/v1/keys/{keyId}/revoke` → `/v1/keys/:keyId/revoke`. */
function toPattern(path: string): string {
  return path.replaceAll(":", "::").replaceAll(/\{([^}]+)\}/g, ":$1");
}

const ENCODED = /%([0-9A-Fa-f]{2})/g;
// Unreserved characters need no encoding (RFC 3986 §2.3); an encoded slash or backslash hides a segment.
const NEVER_ENCODED = /[0-9A-Za-z\-._~/\\]/;

// The router would cut the path at ? and #; other programs read a backslash as a slash, and remove segments that are
// empty, . or ..
const NEVER_WRITTEN = /[?#\\]|\/\.{0,2}(?:\/|$)/;

function isCanonical(path: string): boolean {
  if (path === "/") return true;
  if (!path.startsWith("/") || NEVER_WRITTEN.test(path)) return false;
  for (const [, hex = ""] of path.includes("%") ? path.matchAll(ENCODED) : []) {
    if (NEVER_ENCODED.test(String.fromCharCode(Number.parseInt(hex, 16)))) return false;
  }
  return true;
}
