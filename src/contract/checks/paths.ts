import type { Pointer, Report } from "../document/finding.ts";
import { asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { METHODS, type Outline } from "../model/outline.ts";
import { createRoutes } from "../model/routes.ts";

/** Finds paths that no request reaches, and paths that match the same requests. */
export function checkPaths({ document, pathItems }: Outline, report: Report) {
  const seen = new Map<string, string>();
  for (const { path, item } of pathItems) {
    const pointer = ["paths", path];
    if (RESERVED.some((page) => path === page || path.startsWith(`${page}/`))) {
      report(pointer, `${path} is the path of a page of the service: choose another path`);
    }
    const shape = shapeOf(path);
    const twin = seen.get(shape);
    if (twin !== undefined) report(pointer, `${path} and ${twin} match the same requests: keep one of them`);
    seen.set(shape, path);

    checkNames(path, pointer, report);
    checkReferences(asRecord(document.findAt(pointer)), { path, item }, report);
  }
}

/** The pages of the service. They would hide an operation at the same path. */
const RESERVED = ["/docs", "/openapi.json", "/openapi.yaml", "/problems", "/metrics"];

export const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** `/things/{id}` → `/things/{}`: two paths of one shape match the same requests. */
export function shapeOf(path: string): string {
  return path.replaceAll(/\{[^}]*\}/g, "{}");
}

/** The names in a path's braces, in order. */
export function namesIn(path: string): readonly string[] {
  return [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = ""]) => name);
}

function checkNames(path: string, pointer: Pointer, report: Report) {
  const names = namesIn(path);
  const misnamed = names.filter((name) => !IDENTIFIER.test(name));
  for (const name of misnamed) {
    report(pointer, `the path parameter {${name}} is never matched: use only letters and digits in its name`);
  }
  if (misnamed.length > 0 || isReadAsWritten(path, names)) return;
  const [, hint] = OBSTACLES.find(([isInTheWay]) => isInTheWay(path)) ?? [];
  report(pointer, `no request reaches ${path}: ${hint ?? PLAIN}`);
}

/** Why no request reaches a path, and the fix; the first row that applies is reported. */
const OBSTACLES: readonly (readonly [(path: string) => boolean, string])[] = [
  [(path) => !path.startsWith("/"), "start it with a slash"],
  [(path) => /[?#]/.test(path), "end it before ? or #, and give its operations different paths"],
  [(path) => path.endsWith("/"), "remove the slash at its end"],
  [(path) => /\/(?:\/|\.{1,2}(?:\/|$))/.test(path), "remove empty segments, . and .."],
  [(path) => /\}[^/]|[^/]\{/.test(path), "make each parameter a whole segment"],
  [(path) => new Set(namesIn(path)).size < namesIn(path).length, "give its parameters different names"],
];

const PLAIN = "use only letters, digits, - and . in its segments, not *, ( or an encoded character";

/** Does the router read `path` as written? It throws for paths that it cannot read. */
function isReadAsWritten(path: string, names: readonly string[]): boolean {
  try {
    const routes = createRoutes([{ method: "GET", path }]);
    const found = routes.match("GET", path.replaceAll(/\{[^}]*\}/g, "x"));
    return found.kind === "matched" && Object.keys(found.pathParams).join() === names.join();
  } catch {
    return false;
  }
}

type Entry = { readonly path: string; readonly item: JsonObject };

/** The validator refuses a reference in the place of an operation, and ignores operations beside a reference. */
function checkReferences(written: JsonObject, { path, item }: Entry, report: Report) {
  for (const method of METHODS) {
    const name = `${method.toUpperCase()} ${path}`;
    const { $ref } = asRecord(item[method]);
    if (typeof $ref === "string" && $ref.startsWith("#")) {
      report(["paths", path, method], `${name} is a reference: write the operation here, and refer only to its parts`);
    }
    if (written["$ref"] !== undefined && isRecord(written[method])) {
      report(["paths", path, method], `${name} is beside a $ref, so it is ignored: move it to the target of the $ref`);
    }
  }
}
