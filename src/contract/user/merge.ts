import type { Report } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { operationsIn, pathItemsIn } from "../model/operations.ts";

/** The example data of this repository, which nobody wants beside an API of their own. */
const EXAMPLES_TAG = "data";

/**
 * `theirs` with the operations of `ours`, each with the schemes and components that it needs. Where both have a
 * component of one name, ours gets another: only its clients see that. Two operations in one place are a finding.
 */
export function merge(theirs: JsonObject, ours: JsonObject, report: Report): JsonObject {
  const own = renamed(withoutExamples(ours), theirs);
  reportCollisions(theirs, own, report);
  const merged = { ...theirs, servers: [{ url: "/" }] } as Record<string, unknown>;
  merged["paths"] = { ...asRecord(theirs["paths"]), ...asRecord(own["paths"]) };
  const tags = tagsOf(theirs);
  const names = new Set(tags.map((tag) => tag["name"]));
  merged["tags"] = [...tags, ...asList(own["tags"]).filter((tag) => !names.has(asRecord(tag)["name"]))];
  const components = asRecord(theirs["components"]);
  const kinds = new Set([...Object.keys(components), ...Object.keys(asRecord(own["components"]))]);
  merged["components"] = Object.fromEntries(
    [...kinds].map((kind) => [kind, { ...asRecord(components[kind]), ...asRecord(asRecord(own["components"])[kind]) }]),
  );
  return merged;
}

/** Their tags, also those that only operations name: pages show what is not listed behind all that is. */
function tagsOf(document: JsonObject): readonly JsonObject[] {
  const listed = asList(document["tags"]).map(asRecord);
  const used = operationsIn(document).flatMap(({ operation }) => asList(operation["tags"] ?? [UNTAGGED]));
  const missing = [...new Set(used)].filter((name) => !listed.some((tag) => tag["name"] === name));
  return [...listed, ...missing.map((name) => ({ name }))];
}

/** What Swagger UI calls those without a tag. */
const UNTAGGED = "default";

/** The ids of the operations of ours that are served beside a contract of theirs. */
export function ownOperations(ours: JsonObject): readonly string[] {
  return operationsIn(withoutExamples(ours)).map(({ operation }) => String(operation["operationId"]));
}

function withoutExamples(ours: JsonObject): JsonObject {
  const copy = structuredClone(ours) as Record<string, unknown>;
  const isExample = (item: unknown) =>
    Object.values(asRecord(item)).some((operation) => asList(asRecord(operation)["tags"]).includes(EXAMPLES_TAG));
  copy["paths"] = Object.fromEntries(Object.entries(asRecord(copy["paths"])).filter(([, item]) => !isExample(item)));
  copy["tags"] = asList(copy["tags"]).filter((tag) => asRecord(tag)["name"] !== EXAMPLES_TAG);

  const used = operationsIn(copy).flatMap(({ operation }) => asList(operation["security"]).map(asRecord));
  const schemes = new Set(used.flatMap(Object.keys));
  const components = asRecord(copy["components"]);
  const kept = Object.entries(asRecord(components["securitySchemes"])).filter(([name]) => schemes.has(name));
  const scopes = new Set(used.flatMap((requirement) => Object.values(requirement).flatMap(asList)));
  copy["components"] = {
    ...components,
    securitySchemes: Object.fromEntries(kept.map(([name, scheme]) => [name, withScopes(asRecord(scheme), scopes)])),
  };
  return copy;
}

/** Scopes that no operation asks for, but a page. */
const PAGE_SCOPES: readonly string[] = ["metrics:read"];

function withScopes(scheme: JsonObject, scopes: ReadonlySet<unknown>): JsonObject {
  const described = Object.entries(asRecord(scheme["x-scopes"])).filter(
    ([scope]) => scopes.has(scope) || PAGE_SCOPES.includes(scope),
  );
  return { ...scheme, "x-scopes": Object.fromEntries(described) };
}

/** `ours` with another name for each component whose name `theirs` has too. */
function renamed(ours: JsonObject, theirs: JsonObject): JsonObject {
  const taken = asRecord(theirs["components"]);
  const names = new Map<string, string>();
  const components = Object.entries(asRecord(ours["components"])).map(([kind, entries]) => [
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
  const copy = withReferences({ ...ours, components: Object.fromEntries(components) }, names) as JsonObject;
  for (const { operation } of operationsIn(copy)) {
    const security = asList(operation["security"]).map((requirement) =>
      Object.fromEntries(
        Object.entries(asRecord(requirement)).map(([name, scopes]) => [
          names.get(`#/components/securitySchemes/${name}`)?.split("/").at(-1) ?? name,
          scopes,
        ]),
      ),
    );
    Object.assign(operation, { security });
  }
  return copy;
}

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

function reportCollisions(theirs: JsonObject, own: JsonObject, report: Report) {
  const shapeOf = (path: string) => path.replaceAll(/\{[^}]*\}/g, "{}");
  const paths = new Set(pathItemsIn(own).map(({ path }) => shapeOf(path)));
  for (const { path } of pathItemsIn(theirs)) {
    if (!paths.has(shapeOf(path))) continue;
    report(["paths", path], `${path} is a path of Latchkey's own: give your API another path, such as /api${path}`);
  }
  const ids = new Set(operationsIn(own).map(({ operation }) => operation["operationId"]));
  for (const { pointer, operation } of operationsIn(theirs)) {
    const { operationId } = operation;
    if (!ids.has(operationId)) continue;
    report([...pointer, "operationId"], `${operationId} is an operation of Latchkey's own: choose another operationId`);
  }
  const scopes = new Set(
    Object.values(asRecord(asRecord(own["components"])["securitySchemes"])).flatMap((scheme) =>
      Object.keys(asRecord(asRecord(scheme)["x-scopes"])),
    ),
  );
  for (const [name, scheme] of Object.entries(asRecord(asRecord(theirs["components"])["securitySchemes"]))) {
    for (const scope of Object.keys(asRecord(asRecord(scheme)["x-scopes"]))) {
      if (!scopes.has(scope)) continue;
      const place = ["components", "securitySchemes", name, "x-scopes", scope];
      report(place, `${scope} is a scope of Latchkey's own, and would open the administration: choose another one`);
    }
  }
}
