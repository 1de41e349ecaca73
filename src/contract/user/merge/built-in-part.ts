import { isAdministrative } from "../../../keys/scopes.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../../document/json.ts";
import { METHODS, toOutline } from "../../model/outline.ts";

/** The example operations of this repository have this tag. They are not served beside a user contract. */
const EXAMPLES_TAG = "data";

/** Which of the built-in operations: those that only keys with administrative scopes may call, or all others. */
export type BuiltInPart = "all" | "public";

/** The built-in contract with these operations only, and without the schemes and scopes that only the others use. */
export function selectOperations(builtIn: JsonObject, isWanted: (operation: JsonObject) => boolean): JsonObject {
  const paths = Object.entries(asRecord(builtIn["paths"])).flatMap(([path, item]) => {
    const kept = Object.entries(asRecord(item)).filter(([name, value]) => !isMethod(name) || isWanted(asRecord(value)));
    return kept.some(([name]) => isMethod(name)) ? [[path, Object.fromEntries(kept)] as const] : [];
  });
  return withUsedSchemes({ ...builtIn, paths: Object.fromEntries(paths) });
}

/** The operations that are served beside a user contract. */
export function withoutExamples(builtIn: JsonObject, part: BuiltInPart = "all"): JsonObject {
  const selected = selectOperations(
    builtIn,
    (operation) => !isExample(operation) && (part === "all" || !isAdministration(operation)),
  );
  return { ...selected, tags: asList(builtIn["tags"]).filter((tag) => asRecord(tag)["name"] !== EXAMPLES_TAG) };
}

/** The operations that a listener without administration serves where there is no user contract. */
export function withoutAdministration(builtIn: JsonObject): JsonObject {
  return selectOperations(builtIn, (operation) => !isAdministration(operation));
}

function isExample(operation: JsonObject): boolean {
  return asList(operation["tags"]).includes(EXAMPLES_TAG);
}

/** Does it need a scope that administers this service? */
function isAdministration(operation: JsonObject): boolean {
  return scopesOf(operation).some((scope) => isAdministrative(String(scope)));
}

function scopesOf(operation: JsonObject): readonly unknown[] {
  return asList(operation["security"]).flatMap((requirement) => Object.values(asRecord(requirement)).flatMap(asList));
}

function isMethod(name: string): boolean {
  return METHODS.some((method) => method === name);
}

/** The scopes that pages ask for, and no operation. */
const PAGE_SCOPES: readonly string[] = ["metrics:read"];

function withUsedSchemes(builtIn: JsonObject): JsonObject {
  const operations = toOutline(builtIn).operations.map(({ operation }) => operation);
  const requirements = operations.flatMap(({ security }) => asList(security).map(asRecord));
  const usedSchemes = new Set(requirements.flatMap(Object.keys));
  const usedScopes = new Set([...operations.flatMap(scopesOf), ...PAGE_SCOPES]);
  const components = asRecord(builtIn["components"]);
  const schemes = Object.entries(asRecord(components["securitySchemes"])).filter(([name]) => usedSchemes.has(name));
  const described = schemes.map(([name, scheme]) => {
    const scopes = Object.entries(asRecord(asRecord(scheme)["x-scopes"])).filter(([scope]) => usedScopes.has(scope));
    return [name, { ...asRecord(scheme), "x-scopes": Object.fromEntries(scopes) }] as const;
  });
  return { ...builtIn, components: { ...components, securitySchemes: Object.fromEntries(described) } };
}

/** The built-in contract below another path, also where its examples name a path of its own. */
export function withPathPrefix(builtIn: JsonObject, prefix: string): JsonObject {
  if (prefix === "") return builtIn;
  const { paths, ...rest } = asRecord(prefixed(builtIn, prefix));
  const moved = Object.entries(asRecord(paths)).map(([path, item]) => [`${prefix}${path}`, item] as const);
  return { ...rest, paths: Object.fromEntries(moved) };
}

/** What the service itself puts into responses: the types of problems, and the locations of what was created. */
const OWN_PATH = /^\/(?:problems|v1)\//;

function prefixed(value: unknown, prefix: string): unknown {
  if (typeof value === "string") return OWN_PATH.test(value) ? `${prefix}${value}` : value;
  if (Array.isArray(value)) return value.map((item) => prefixed(item, prefix));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, prefixed(child, prefix)]));
}
