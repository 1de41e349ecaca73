import { PROBLEM_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import type { Pointer } from "../document/finding.ts";
import { asList, asRecord, follow, isRecord, type JsonObject, resolve } from "../document/json.ts";
import { documentExtensionOf, type Extension, extensionOf } from "./extension.ts";
import { type JsonParameter, toJsonParameters } from "./json-parameters.ts";
import { toKeySchemes } from "./schemes.ts";

export const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** What the service needs to know about one operation of the contract. */
export type Operation = {
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  /** As in the contract, such as `/v1/keys/{keyId}`. */
  readonly path: string;
  /** No key is looked at: `security: []`. */
  readonly isPublic: boolean;
  /** Its security is another one than ours, and its upstream's matter: so nothing of it is taken away. */
  readonly isPassedOn: boolean;
  /** Beside the key it asks for a scheme that is not ours: its login goes on to the handler or upstream. */
  readonly hasLogin: boolean;
  /** The upstream that the contract names for it. */
  readonly upstream: string | undefined;
  /** What happens to responses of its upstream that do not match the contract. */
  readonly responseCheck: NonNullable<Extension["responses"]>;
  /** How many units of limits and quotas a request takes; 0: none. */
  readonly cost: number;
  /** The limits that the contract names for it. */
  readonly limits: readonly string[];
  /** The names of the security schemes that the operation asks for. */
  readonly schemes: readonly string[];
  /** Every scope that the operation asks for. */
  readonly scopes: readonly string[];
  readonly body: OperationBody | undefined;
  /** The parameters in path, query and headers that are numbers, or lists of them. */
  readonly numericParameters: readonly NumericParameter[];
  /** The parameters whose text is read as JSON. */
  readonly jsonParameters: readonly JsonParameter[];
  /** The query parameters whose declared names have brackets, such as `ids[]`. */
  readonly bracketedParameters: readonly string[];
  /** The query parameters that have a default. */
  readonly defaultedParameters: readonly string[];
  /** Whether a request must have parameters. */
  readonly hasRequired: boolean;
  /** The names of the header parameters, as written in the contract. */
  readonly headerParameters: readonly string[];
  /** The media type of each declared response, by status; undefined for one without a body. */
  readonly responses: Readonly<Record<string, string | undefined>>;
  /** The member `error` of its 401s: the constant that its contract declares, or else what its example shows. */
  readonly unauthorizedError: string;
};

export type NumericParameter = {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly type: "integer" | "number";
};

export type OperationBody = {
  readonly isRequired: boolean;
  /** Those that are read and checked; in lower case, without parameters. */
  readonly mediaTypes: readonly string[];
  /** Those that go on as they come; also ranges, such as `image/*`. */
  readonly streamedTypes: readonly string[];
};

/** Reads the operations out of a document that `checkContract` has nothing against. */
export function toOperations(document: JsonObject): readonly Operation[] {
  return operationsIn(document).map((found) => toOperation(document, found));
}

/** Reads one of `operationsIn(document)`. */
export function toOperation(document: JsonObject, found: FoundOperation): Operation {
  const { method, path, operation } = found;
  const { security, upstream, responses, cost = 1, limits = [] } = extensionOf(operation);
  const isPassedOn = security === "passthrough";
  const requirements = isPassedOn ? [] : asList(operation["security"] ?? document["security"]).map(asRecord);
  const parameters = parametersOf(document, found).map(({ parameter }) => parameter);
  return {
    id: String(operation["operationId"]),
    method: method.toUpperCase(),
    path,
    isPublic: requirements.length === 0,
    isPassedOn,
    hasLogin: requirements.some((requirement) => hasLogin(document, requirement)),
    upstream,
    responseCheck: responses ?? documentExtensionOf(document).responses ?? "off",
    cost,
    limits,
    schemes: [...new Set(requirements.flatMap(Object.keys))],
    scopes: [...new Set(requirements.flatMap((requirement) => scopesIn(document, requirement)))],
    body: toBody(document, operation),
    numericParameters: parameters.flatMap((parameter) => toNumeric(document, parameter)),
    jsonParameters: parameters.flatMap((parameter) => toJsonParameters(document, parameter)),
    bracketedParameters: parameters.flatMap(bracketedName),
    defaultedParameters: parameters.flatMap((parameter) => defaultedName(document, parameter)),
    hasRequired: parameters.some((parameter) => parameter["required"] === true),
    headerParameters: parameters.filter((one) => one["in"] === "header").map(({ name }) => String(name)),
    responses: toResponses(document, operation),
    unauthorizedError: unauthorizedError(document, operation),
  };
}

/** Does `requirement`, which asks for a key, ask for more than that? */
export function hasLogin(document: JsonObject, requirement: JsonObject): boolean {
  const names = Object.keys(requirement);
  const keys = keysIn(document, requirement);
  return keys.length > 0 && keys.length < names.length;
}

/** What it asks of the key; the scopes of a login are its upstream's. */
function scopesIn(document: JsonObject, requirement: JsonObject): readonly string[] {
  const keys = keysIn(document, requirement);
  const names = hasLogin(document, requirement) ? keys : Object.keys(requirement);
  return names.flatMap((name) => asList(requirement[name])).map(String);
}

/** The schemes of ours that `requirement` asks for. */
export function keysIn(document: JsonObject, requirement: JsonObject): readonly string[] {
  const schemes = toKeySchemes(document);
  return Object.keys(requirement).filter((name) => schemes[name] !== undefined);
}

export type FoundOperation = ReturnType<typeof operationsIn>[number];

/** Every operation in `document` as it stands there, with its place. What is a reference itself is none. */
export function operationsIn(document: JsonObject) {
  return pathItemsIn(document).flatMap(({ path, place, item }) =>
    METHODS.filter((method) => isRecord(item[method]) && asRecord(item[method])["$ref"] === undefined).map(
      (method) => ({ path, method, place, item, pointer: [...place, method], operation: asRecord(item[method]) }),
    ),
  );
}

/** The entries of `paths`, with where each stands: some refer to `components.pathItems`. */
export function pathItemsIn(document: JsonObject) {
  const entries = Object.entries(asRecord(document["paths"])).filter(([path]) => !path.startsWith("x-"));
  return entries.map(([path, written]) => {
    const [place, item] = follow(document, ["paths", path], written);
    return { path, place, item: item ?? {} };
  });
}

export type FoundParameter = {
  /** Where it stands itself, if the operation only refers to it. */
  readonly place: Pointer;
  readonly parameter: JsonObject;
};

/** The parameters of an operation: those of its path, unless it has one of that name and place itself. */
export function parametersOf(document: JsonObject, { item, place, operation, pointer }: FoundOperation) {
  const found = new Map<string, FoundParameter>();
  for (const [holder, list] of [
    [place, item["parameters"]],
    [pointer, operation["parameters"]],
  ] as const) {
    asList(list).forEach((written, index) => {
      const [at, parameter] = follow(document, [...holder, "parameters", index], written);
      if (parameter) found.set(`${parameter["in"]} ${parameter["name"]}`, { place: at, parameter });
    });
  }
  return [...found.values()];
}

function toNumeric(document: JsonObject, parameter: JsonObject): readonly NumericParameter[] {
  const { in: place, name, schema } = parameter;
  const { type, items } = resolve(document, schema) ?? {};
  const types = [type, resolve(document, items)?.["type"]].flat();
  const found = (["integer", "number"] as const).find((one) => types.includes(one));
  if (found === undefined || (place !== "path" && place !== "query" && place !== "header")) return [];
  return [{ name: String(name), in: place, type: found }];
}

function bracketedName({ in: place, name }: JsonObject): readonly string[] {
  return place === "query" && String(name).includes("[") ? [String(name)] : [];
}

function defaultedName(document: JsonObject, parameter: JsonObject): readonly string[] {
  const { in: place, name, schema } = parameter;
  const hasDefault = resolve(document, schema)?.["default"] !== undefined;
  return place === "query" && hasDefault ? [String(name)] : [];
}

function toBody(document: JsonObject, operation: JsonObject): OperationBody | undefined {
  const body = resolve(document, operation["requestBody"]);
  if (body === undefined) return undefined;
  const isRead = (type: string) => extensionOf(operation).body !== "stream" && JSON_TYPE.test(type);
  const types = Object.keys(asRecord(body["content"])).map((mediaType) => mediaType.toLowerCase());
  return {
    isRequired: body["required"] === true,
    mediaTypes: types.filter(isRead),
    streamedTypes: types.filter((type) => !isRead(type)),
  };
}

/** In lower case and without parameters or wildcards, for a request's media type is compared letter by letter. */
export const JSON_TYPE = /^application\/(?:[a-z0-9!#$&^_.+-]+\+)?json$/;

function toResponses(document: JsonObject, operation: JsonObject): Operation["responses"] {
  const responses = Object.entries(asRecord(operation["responses"]));
  return Object.fromEntries(
    responses.map(([status, response]) => [status, Object.keys(contentOf(document, response))[0]] as const),
  );
}

function unauthorizedError(document: JsonObject, operation: JsonObject): string {
  const content = contentOf(document, asRecord(operation["responses"])["401"]);
  const { schema, example } = asRecord(content[PROBLEM_MEDIA_TYPE]);
  const properties = asRecord(resolve(document, schema)?.["properties"]);
  const word = asRecord(properties["error"])["const"] ?? asRecord(example)["error"];
  return typeof word === "string" ? word : "Unauthorized";
}

function contentOf(document: JsonObject, response: unknown): JsonObject {
  return asRecord(resolve(document, response)?.["content"]);
}
