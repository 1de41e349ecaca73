import type { Report } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { type Outline, toOutline } from "../model/outline.ts";
import { shapeOf } from "../model/paths/path-template.ts";

/** The example operations of this repository have this tag. They are not served beside a user contract. */
const EXAMPLES_TAG = "data";

export type Merged = {
  readonly outline: Outline;
  /** The operationIds that came from the built-in contract. */
  readonly builtInOperations: readonly string[];
};

/**
 * Adds the built-in operations to a user contract, with the schemes and components that they need. A component whose
 * name is taken gets another one, which only generated clients see; two operations in one place are a finding.
 */
export function merge(user: Outline, builtIn: JsonObject, report: Report): Merged {
  const { root } = user.document;
  const added = toOutline(withFreeNames(withoutExamples(builtIn), asRecord(root["components"])));
  reportCollisions(user, added, report);
  const { paths, components, tags } = added.document.root;
  const userTags = tagsOf(user);
  const taken = new Set(userTags.map((tag) => tag["name"]));
  const merged = {
    ...root,
    servers: [{ url: "/" }],
    paths: { ...asRecord(root["paths"]), ...asRecord(paths) },
    tags: [...userTags, ...asList(tags).filter((tag) => !taken.has(asRecord(tag)["name"]))],
    components: mergedComponents(asRecord(root["components"]), asRecord(components)),
  };
  return { outline: toOutline(merged), builtInOperations: added.operations.map(({ id }) => id) };
}

/** The scopes of the operations that `merge` adds. */
export function builtInScopes(builtIn: JsonObject): Readonly<Record<string, string>> {
  return toOutline(withoutExamples(builtIn)).scopes;
}

function mergedComponents(user: JsonObject, builtIn: JsonObject): JsonObject {
  const kinds = new Set([...Object.keys(user), ...Object.keys(builtIn)]);
  return Object.fromEntries([...kinds].map((kind) => [kind, { ...asRecord(user[kind]), ...asRecord(builtIn[kind]) }]));
}

/**
 * All tags of a user contract, also those that only operations name: otherwise pages would list them after the built-in
 * ones.
 */
function tagsOf({ document, operations }: Outline): readonly JsonObject[] {
  const listed = asList(document.root["tags"]).map(asRecord);
  const used = operations.flatMap(({ operation }) => asList(operation["tags"] ?? [UNTAGGED]));
  const missing = [...new Set(used)].filter((name) => !listed.some((tag) => tag["name"] === name));
  return [...listed, ...missing.map((name) => ({ name }))];
}

/** Swagger UI's name for the group of operations without a tag. */
const UNTAGGED = "default";

/** The built-in contract without its example operations, and without the schemes and scopes that only these use. */
function withoutExamples(builtIn: JsonObject): JsonObject {
  const isExample = (item: unknown) =>
    Object.values(asRecord(item)).some((operation) => asList(asRecord(operation)["tags"]).includes(EXAMPLES_TAG));
  const paths = Object.entries(asRecord(builtIn["paths"])).filter(([, item]) => !isExample(item));
  const kept = { ...builtIn, paths: Object.fromEntries(paths) };

  const requirements = toOutline(kept).operations.flatMap(({ operation }) =>
    asList(operation["security"]).map(asRecord),
  );
  const usedSchemes = new Set(requirements.flatMap(Object.keys));
  const usedScopes = new Set(requirements.flatMap((requirement) => Object.values(requirement).flatMap(asList)));
  const components = asRecord(builtIn["components"]);
  const schemes = Object.entries(asRecord(components["securitySchemes"])).filter(([name]) => usedSchemes.has(name));
  return {
    ...kept,
    tags: asList(builtIn["tags"]).filter((tag) => asRecord(tag)["name"] !== EXAMPLES_TAG),
    components: {
      ...components,
      securitySchemes: Object.fromEntries(
        schemes.map(([name, scheme]) => [name, withUsedScopes(asRecord(scheme), usedScopes)]),
      ),
    },
  };
}

/** The scopes that pages ask for, and no operation. */
const PAGE_SCOPES: readonly string[] = ["metrics:read"];

function withUsedScopes(scheme: JsonObject, used: ReadonlySet<unknown>): JsonObject {
  const described = Object.entries(asRecord(scheme["x-scopes"])).filter(
    ([scope]) => used.has(scope) || PAGE_SCOPES.includes(scope),
  );
  return { ...scheme, "x-scopes": Object.fromEntries(described) };
}

/** The built-in contract with another name for each component whose name is among the `taken` components. */
function withFreeNames(builtIn: JsonObject, taken: JsonObject): JsonObject {
  const names = new Map<string, string>();
  const components = Object.entries(asRecord(builtIn["components"])).map(([kind, entries]) => [
    kind,
    Object.fromEntries(
      Object.entries(asRecord(entries)).map(([name, entry]) => {
        let free = name;
        while (Object.hasOwn(asRecord(taken[kind]), free)) free = `Latchkey${free}`;
        names.set(`#/components/${kind}/${name}`, `#/components/${kind}/${free}`);
        return [free, entry];
      }),
    ),
  ]);
  const copy = asRecord(withReferences({ ...builtIn, components: Object.fromEntries(components) }, names));
  for (const { operation } of toOutline(copy).operations) {
    Object.assign(operation, { security: asList(operation["security"]).map((one) => withSchemeNames(one, names)) });
  }
  return copy;
}

function withSchemeNames(requirement: unknown, names: ReadonlyMap<string, string>): JsonObject {
  return Object.fromEntries(
    Object.entries(asRecord(requirement)).map(([name, scopes]) => [
      names.get(`#/components/securitySchemes/${name}`)?.split("/").at(-1) ?? name,
      scopes,
    ]),
  );
}

/** A copy of `value` with each `$ref` that `names` lists replaced. */
function withReferences(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (Array.isArray(value)) return value.map((item) => withReferences(item, names));
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, child]) => [
      name,
      name === "$ref" && typeof child === "string" ? (names.get(child) ?? child) : withReferences(child, names),
    ]),
  );
}

function reportCollisions(user: Outline, builtIn: Outline, report: Report) {
  const shapes = new Set(builtIn.pathItems.map(({ path }) => shapeOf(path)));
  for (const { path } of user.pathItems) {
    if (!shapes.has(shapeOf(path))) continue;
    report(["paths", path], `${path} is a path of Latchkey itself: move your API to another path, such as /api${path}`);
  }
  const ids = new Set(builtIn.operations.map(({ operation }) => operation["operationId"]));
  for (const { pointer, operation } of user.operations) {
    const { operationId } = operation;
    if (!ids.has(operationId)) continue;
    report(
      [...pointer, "operationId"],
      `${operationId} is an operation of Latchkey itself: choose another operationId`,
    );
  }
  reportScopeCollisions(user, builtIn, report);
}

function reportScopeCollisions({ document: { root } }: Outline, { scopes }: Outline, report: Report) {
  const schemes = Object.entries(asRecord(asRecord(root["components"])["securitySchemes"]));
  for (const [name, scheme] of schemes) {
    for (const scope of Object.keys(asRecord(asRecord(scheme)["x-scopes"]))) {
      if (!Object.hasOwn(scopes, scope)) continue;
      const place = ["components", "securitySchemes", name, "x-scopes", scope];
      report(place, `${scope} is a scope of Latchkey itself and would open its administration: choose another scope`);
    }
  }
}
