import type { Report } from "../../document/finding.ts";
import { asList, asRecord, type JsonObject } from "../../document/json.ts";
import { type Outline, toOutline } from "../../model/outline.ts";
import { type BuiltInPart, withoutExamples, withPathPrefix } from "./built-in-part.ts";
import { reportCollisions } from "./collisions.ts";
import { withFreeNames } from "./free-names.ts";

export type Merged = {
  readonly outline: Outline;
  /** The operations that came from the built-in contract: their names there, by operationId. */
  readonly builtInOperations: Readonly<Record<string, string>>;
};

type MergeOptions = {
  readonly part: BuiltInPart;
  readonly report: Report;
};

/**
 * Adds built-in operations to a user contract, with the schemes and components that they need, below the prefix that the
 * contract names. A component or operationId that is taken gets another name; two operations in one place are a finding.
 */
export function merge(user: Outline, builtIn: JsonObject, { part, report }: MergeOptions): Merged {
  const { document, names } = toAdded(user, builtIn, part);
  const added = toOutline(document);
  reportCollisions(user, added, builtInScopes(builtIn), report);
  return { outline: toOutline(joined(user, user.document.root, added)), builtInOperations: names };
}

/**
 * The contract of the listener for administration: the built-in operations only, with the schemes, plans and limits of
 * the user contract.
 */
export function mergeAdministration(user: Outline, builtIn: JsonObject): Merged {
  const { document, names } = toAdded(user, builtIn, "all");
  const { paths: _, tags: __, ...root } = user.document.root;
  const withoutUserPaths = { ...root, paths: {} };
  return {
    outline: toOutline(joined(toOutline(withoutUserPaths), withoutUserPaths, toOutline(document))),
    builtInOperations: names,
  };
}

/** The scopes of the built-in operations, wherever they are served. */
export function builtInScopes(builtIn: JsonObject): Readonly<Record<string, string>> {
  return toOutline(withoutExamples(builtIn)).scopes;
}

function toAdded({ document, extension, operations }: Outline, builtIn: JsonObject, part: BuiltInPart) {
  const takenIds = new Set(operations.map(({ operation }) => operation["operationId"]));
  const served = withPathPrefix(withoutExamples(builtIn, part), extension.prefix ?? "");
  return withFreeNames(served, asRecord(document.root["components"]), takenIds);
}

function joined(user: Outline, root: JsonObject, added: Outline): JsonObject {
  const { paths, components, tags } = added.document.root;
  const userTags = tagsOf(user);
  const taken = new Set(userTags.map((tag) => tag["name"]));
  return {
    ...root,
    servers: [{ url: "/" }],
    paths: { ...asRecord(root["paths"]), ...asRecord(paths) },
    tags: [...userTags, ...asList(tags).filter((tag) => !taken.has(asRecord(tag)["name"]))],
    components: mergedComponents(asRecord(root["components"]), asRecord(components)),
  };
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
