import type { Pointer } from "../document/finding.ts";
import { asList, asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { type OpenApiDocument, toOpenApiDocument } from "../document/openapi-document.ts";
import { type DocumentExtension, documentExtensionOf, type Extension, extensionOf } from "./extension.ts";
import {
  type Carrier,
  isPlain,
  type KeySchemes,
  type OtherSchemes,
  toKeySchemes,
  toOtherSchemes,
  toScopes,
} from "./schemes.ts";

export const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/**
 * The parts of an OpenAPI document and their pointers, found once for the checks and the model. Nothing in it is
 * checked: any part may have the wrong type.
 */
export type Outline = {
  readonly document: OpenApiDocument;
  /** The `x-latchkey` of the document. */
  readonly extension: DocumentExtension;
  /** The names in `components.securitySchemes`, of keys and others. */
  readonly schemeNames: readonly string[];
  readonly keySchemes: KeySchemes;
  /** The schemes that the contract leaves to the upstream. */
  readonly otherSchemes: OtherSchemes;
  /** The described scopes: name → description. */
  readonly scopes: Readonly<Record<string, string>>;
  readonly pathItems: readonly FoundPathItem[];
  readonly operations: readonly FoundOperation[];
};

export type FoundPathItem = {
  readonly path: string;
  /** Where the path item is: some entries of `paths` refer to `components.pathItems`. */
  readonly place: Pointer;
  readonly item: JsonObject;
};

export type FoundOperation = FoundPathItem & {
  /** Method and path, for messages: `GET /orders`. */
  readonly label: string;
  readonly id: string;
  readonly method: (typeof METHODS)[number];
  readonly pointer: Pointer;
  readonly operation: JsonObject;
  /**
   * Its own parameters, and those of its path item that it does not replace; without the one that is its key, which some
   * contracts declare as a parameter too.
   */
  readonly parameters: readonly FoundParameter[];
  /** Its `x-latchkey`. */
  readonly extension: Extension;
  /** Its own `security`, or else that of the document. */
  readonly security: unknown;
  /** `security`, as a list of objects. */
  readonly requirements: readonly JsonObject[];
  /** The query parameters that its security schemes name, for keys and for other credentials. */
  readonly credentialParameters: readonly string[];
};

export type FoundParameter = {
  /** Where the parameter itself is, also when the operation only refers to it. */
  readonly place: Pointer;
  readonly parameter: JsonObject;
};

const outlined = new WeakMap<JsonObject, Outline>();

/** The outline of a document that does not change any more: loading a contract asks for it several times. */
export function outlineOnce(root: JsonObject): Outline {
  const outline = outlined.get(root) ?? toOutline(root);
  outlined.set(root, outline);
  return outline;
}

/** The outline of a document as it is now. */
export function toOutline(root: JsonObject): Outline {
  const document = toOpenApiDocument(root);
  const pathItems = findPathItems(document);
  const keySchemes = toKeySchemes(document);
  const otherSchemes = toOtherSchemes(document);
  return {
    document,
    extension: documentExtensionOf(root),
    schemeNames: Object.keys(asRecord(asRecord(root["components"])["securitySchemes"])),
    keySchemes,
    otherSchemes,
    scopes: toScopes(document),
    pathItems,
    operations: pathItems.flatMap((found) => findOperations({ document, keySchemes, otherSchemes }, found)),
  };
}

function findPathItems({ root, follow }: OpenApiDocument): readonly FoundPathItem[] {
  const entries = Object.entries(asRecord(root["paths"])).filter(([path]) => !path.startsWith("x-"));
  return entries.map(([path, written]) => {
    const [place, item = {}] = follow(["paths", path], written);
    return { path, place, item };
  });
}

/** The operations of a path item. A reference in the place of an operation does not count as one. */
function findOperations(known: Known, found: FoundPathItem): readonly FoundOperation[] {
  return METHODS.flatMap((method) => {
    const operation = found.item[method];
    return isRecord(operation) && operation["$ref"] === undefined ? [toFound(known, found, method, operation)] : [];
  });
}

type Known = Pick<Outline, "document" | "keySchemes" | "otherSchemes">;

function toFound(
  { document, keySchemes, otherSchemes }: Known,
  { path, place, item }: FoundPathItem,
  method: FoundOperation["method"],
  operation: JsonObject,
): FoundOperation {
  const pointer = [...place, method];
  const security = operation["security"] ?? document.root["security"];
  const requirements = asList(security).map(asRecord);
  const extension = extensionOf(operation);
  const parameters = findParameters(document, [
    [place, item],
    [pointer, operation],
  ]);
  return {
    label: `${method.toUpperCase()} ${path}`,
    id: String(operation["operationId"]),
    path,
    method,
    place,
    item,
    pointer,
    operation,
    parameters: extension.security === "passthrough" ? parameters : withoutKey(keySchemes, requirements, parameters),
    extension,
    security,
    requirements,
    credentialParameters: carriersIn({ ...otherSchemes, ...keySchemes }, requirements).flatMap((carrier) =>
      carrier.in === "query" ? [carrier.name] : [],
    ),
  };
}

/** @param holders the path item, then the operation, which may replace a parameter of the same name and place. */
function findParameters({ follow }: OpenApiDocument, holders: readonly (readonly [Pointer, JsonObject])[]) {
  const found = new Map<string, FoundParameter>();
  for (const [pointer, { parameters }] of holders) {
    asList(parameters).forEach((written, index) => {
      const [place, parameter] = follow([...pointer, "parameters", index], written);
      if (parameter) found.set(`${parameter["in"]} ${parameter["name"]}`, { place, parameter });
    });
  }
  return [...found.values()];
}

function withoutKey(
  keySchemes: KeySchemes,
  requirements: readonly JsonObject[],
  parameters: readonly FoundParameter[],
) {
  const carriers = carriersIn(keySchemes, requirements);
  return parameters.filter(({ parameter: { in: place, name } }) => {
    const spelling = place === "header" ? String(name).toLowerCase() : name;
    return !carriers.some((carrier) => isPlain(carrier) && carrier.in === place && carrier.name === spelling);
  });
}

function carriersIn(schemes: OtherSchemes, requirements: readonly JsonObject[]): readonly Carrier[] {
  return requirements.flatMap(Object.keys).flatMap((name) => schemes[name] ?? []);
}
