import type { Pointer } from "./finding.ts";
import { isRecord, type JsonObject } from "./json.ts";

/** The objects of OpenAPI that references may lead to, or that contain such objects. */
type ObjectKind =
  | "document"
  | "components"
  | "pathItem"
  | "operation"
  | "callback"
  | "parameter"
  | "header"
  | "requestBody"
  | "response"
  | "mediaType"
  | "encoding"
  | "link"
  | "example"
  | "securityScheme"
  | "schema";

/** What a value in a document is. `data` may contain anything, and `other` is of no interest. */
export type Kind = ObjectKind | `map of ${ObjectKind}` | `list of ${ObjectKind}` | "data" | "other";

type Children = Readonly<Record<string, Kind>>;

const OPERATIONS = "get put post delete options head patch trace query".split(" ");

const VALUE: Children = { schema: "schema", example: "data", examples: "map of example", content: "map of mediaType" };

const SCHEMA: Children = {
  ...toChildren("items additionalProperties unevaluatedItems unevaluatedProperties contains contentSchema", "schema"),
  ...toChildren("not if then else propertyNames", "schema"),
  ...toChildren("allOf anyOf oneOf prefixItems", "list of schema"),
  ...toChildren("properties patternProperties dependentSchemas dependencies $defs definitions", "map of schema"),
  ...toChildren("default example examples enum const", "data"),
};

const CHILDREN: Readonly<Record<ObjectKind, Children>> = {
  document: { paths: "map of pathItem", webhooks: "map of pathItem", components: "components" },
  components: {
    schemas: "map of schema",
    responses: "map of response",
    parameters: "map of parameter",
    examples: "map of example",
    requestBodies: "map of requestBody",
    headers: "map of header",
    securitySchemes: "map of securityScheme",
    links: "map of link",
    callbacks: "map of callback",
    pathItems: "map of pathItem",
  },
  pathItem: { ...toChildren(OPERATIONS.join(" "), "operation"), parameters: "list of parameter" },
  operation: {
    parameters: "list of parameter",
    requestBody: "requestBody",
    responses: "map of response",
    callbacks: "map of callback",
  },
  callback: {},
  parameter: VALUE,
  header: VALUE,
  requestBody: { content: "map of mediaType" },
  response: { headers: "map of header", content: "map of mediaType", links: "map of link" },
  mediaType: { ...VALUE, itemSchema: "schema", encoding: "map of encoding" },
  encoding: { headers: "map of header" },
  link: { requestBody: "data", parameters: "data" },
  example: { value: "data" },
  securityScheme: {},
  schema: SCHEMA,
};

/** What is in a map or a list. */
const ENTRIES: ReadonlyMap<Kind, Kind> = new Map(
  (Object.keys(CHILDREN) as ObjectKind[]).flatMap((kind) => [
    [`map of ${kind}`, kind] as const,
    [`list of ${kind}`, kind] as const,
  ]),
);

/** What the child `name` of an object or list of some kind is. */
export function kindOfChild(kind: Kind, name: string | number): Kind {
  if (kind === "data" || kind === "other") return kind;
  if (kind === "callback") return "pathItem";
  const of = ENTRIES.get(kind);
  if (of !== undefined) return of;
  // All others are objects of OpenAPI.
  const children = CHILDREN[kind as ObjectKind];
  return Object.hasOwn(children, name) ? (children[name] ?? "other") : "other";
}

/** What is at `pointer` of an OpenAPI document, if it is what it should be. */
export function kindAt(pointer: Pointer): Kind {
  return pointer.reduce<Kind>(kindOfChild, "document");
}

/** Under which name in `components` such objects stand; undefined for those that cannot be referred to everywhere. */
export function componentsOf(kind: Kind): string | undefined {
  // In 3.0 there are no path items among the components.
  if (kind === "pathItem") return undefined;
  const [name] = Object.entries(CHILDREN.components).find(([, one]) => one === `map of ${kind}`) ?? [];
  return name;
}

function toChildren(names: string, kind: Kind): Children {
  return Object.fromEntries(names.split(" ").map((name) => [name, kind]));
}

/** Called for each object with what it returned for the one that contains it. */
export type VisitKind<T> = (pointer: Pointer, node: JsonObject, kind: Kind, outer: T) => T;

/**
 * Visits every object in a value of `kind`, from the outside to the inside, except in examples and other data.
 * @param visit gets a pointer that changes after the call.
 */
export function eachOfKind<T>(value: unknown, kind: Kind, outermost: T, visit: VisitKind<T>) {
  const pointer: (string | number)[] = [];
  const walkChild = (step: string | number, child: unknown, of: Kind, inner: T) => {
    if (typeof child !== "object" || child === null) return;
    const kindOfIt = kindOfChild(of, step);
    if (kindOfIt === "data") return;
    pointer.push(step);
    walk(child, kindOfIt, inner);
    pointer.pop();
  };
  const walk = (node: object, one: Kind, outer: T) => {
    if (Array.isArray(node)) for (const [index, item] of node.entries()) walkChild(index, item, one, outer);
    if (!isRecord(node)) return;
    const inner = visit(pointer, node, one, outer);
    for (const name of Object.keys(node)) walkChild(name, node[name], one, inner);
  };
  if (typeof value === "object" && value !== null) walk(value, kind, outermost);
}
