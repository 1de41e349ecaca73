import type { Report } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { mayHaveSlashes } from "../model/extension.ts";
import { METHODS, type Outline } from "../model/outline.ts";
import { findOverlaps } from "../model/paths/overlaps.ts";
import { obstacleIn } from "../model/paths/path-obstacles.ts";
import { namesIn, shapeOf } from "../model/paths/path-template.ts";
import { commonSecurity, findTwins, haveSamePlace, type Twins } from "../model/paths/twins.ts";

type Options = { readonly hasAdminListener?: boolean };

/** Finds paths that a page hides, and operations that match the same requests. */
export function checkPaths(outline: Outline, report: Report, { hasAdminListener = false }: Options = {}) {
  const { document, extension, pathItems } = outline;
  const { prefix = "" } = extension;
  const pages = hasAdminListener ? PAGES : [...PAGES, METRICS_PAGE];
  for (const { path, item } of pathItems) {
    const pointer = ["paths", path];
    const below = path.startsWith(prefix) ? path.slice(prefix.length) : undefined;
    if (below !== undefined && pages.some((isPage) => isPage.test(below))) {
      report(pointer, `${path} is the path of a page of the service: ${WAY_OUT}`, "collision");
    }
    checkReferences(asRecord(document.findAt(pointer)), { path, item }, report);
  }
  checkTwins(outline, report);
}

/** Two operations for the same requests: the first one is used, and only that is checked. */
function checkTwins(outline: Outline, report: Report) {
  for (const twins of findTwins(outline)) reportTwins(twins, report);
}

function reportTwins(twins: Twins, report: Report) {
  const [used, { path, label, security }] = twins;
  const message = `${label} and ${used.label} match the same requests`;
  // Whichever operation the upstream means, the same key may call it.
  const common = haveSamePlace(twins) ? commonSecurity(used.security, security) : undefined;
  if (common === undefined || common.length !== asList(used.security).length) {
    return report(["paths", path], `${message}, with different security: keep one of them`);
  }
  const narrowed = common.length === asList(security).length ? "" : ", with the security that both have in common";
  const way = path.includes("#")
    ? "give them a required parameter in query or header with one value each"
    : "keep one of them";
  report(["paths", path], `${message}, and ${used.label} is used${narrowed}: ${way}`, "unreachable");
}

/** The pages of the service. They would hide an operation at the same path. */
const PAGES = [/^\/docs(?:\/|$)/, /^\/problems(?:\/|$)/, /^\/openapi\.(?:json|yaml)$/];

/** It is served by the listener for administration, if there is one. */
const METRICS_PAGE = /^\/metrics$/;

/** The way out of every collision of paths. */
export const WAY_OUT = "move the paths of Latchkey with x-latchkey: { prefix: /_latchkey } at the root of the contract";

export const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** Finds paths and methods that no request reaches, and one path with two names. None of them opens anything. */
export function checkReach(outline: Outline, report: Report) {
  const seen = new Map<string, string>();
  for (const { path, place, item } of outline.pathItems) {
    const pointer = ["paths", path];
    const obstacle = obstacleIn(path);
    if (obstacle !== undefined) report(pointer, `no request reaches ${path}: ${obstacle}`);

    const shape = shapeOf(path);
    const twin = seen.get(shape);
    if (twin !== undefined && namesIn(path).join() !== namesIn(twin).join())
      report(pointer, `${path} is the same path as ${twin}: use the same names in both`, "path-names");
    seen.set(shape, path);

    for (const word of ["query", "additionalOperations"]) {
      if (item[word] === undefined) continue;
      report([...place, word], `${word} of ${path} is not served, because it is from OpenAPI 3.2: use post`, "method");
    }
  }
  for (const { used, other, example } of findOverlaps(outline)) {
    report(
      ["paths", other.path],
      `${used.label} and ${other.label} match some of the same requests, such as ${example}, for which ${used.label} is used: make sure that your API chooses it too, or give them other paths`,
      "path-overlap",
    );
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

/** Finds path parameters whose examples have a slash, and that do not allow one. */
export function checkEncodedSlashes({ document, operations }: Outline, report: Report) {
  for (const { parameters } of operations) {
    for (const { place, parameter } of parameters) {
      if (parameter["in"] !== "path" || mayHaveSlashes(parameter)) continue;
      const value = valuesOf(document, parameter).find((one) => typeof one === "string" && one.includes("/"));
      if (value === undefined) continue;
      const message = `the path parameter ${parameter["name"]} has the example ${value}, but an encoded slash is refused`;
      report(
        place,
        `${message}: allow it with x-latchkey: { encodedSlash: pass } if your API splits a path before it decodes it`,
      );
    }
  }
}

function valuesOf({ resolve }: OpenApiDocument, parameter: JsonObject): readonly unknown[] {
  const { example, examples, schema: written } = parameter;
  const schema = resolve(written) ?? {};
  const named = Object.values(asRecord(examples)).map((one) => resolve(one)?.["value"]);
  return [
    example,
    ...named,
    schema["example"],
    schema["default"],
    schema["const"],
    ...asList(schema["examples"]),
    ...asList(schema["enum"]),
  ];
}
