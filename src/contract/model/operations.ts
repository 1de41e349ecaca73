import { PROBLEM_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { asList, asRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { type OperationBody, toOperationBody } from "./bodies/operation-body.ts";
import { type Extension, mayHaveSlashes } from "./extension.ts";
import type { FoundOperation, Outline } from "./outline.ts";
import { isIgnoredHeader } from "./parameters.ts";
import type { KeySchemes } from "./schemes.ts";

/** What the service needs to know about one operation of the contract. */
export type Operation = {
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  /** As in the contract, such as `/v1/keys/{keyId}`. */
  readonly path: string;
  /** Requests need no key: `security: []`. */
  readonly isPublic: boolean;
  /** `security: passthrough`: its upstream enforces its security, so no credential is removed. */
  readonly isPassthrough: boolean;
  /** Besides a key it needs another credential, such as a user's token, which the handler or upstream checks. */
  readonly needsOtherCredential: boolean;
  /** Its own upstream, if the contract names one. */
  readonly upstream: string | undefined;
  /** What happens to responses of its upstream that do not match the contract. */
  readonly responseCheck: NonNullable<Extension["responses"]>;
  /** How long its upstream may take; 0: without a limit, undefined: as the settings say. */
  readonly timeouts: NonNullable<Extension["timeouts"]>;
  /** What its requests change the protocol to; undefined if they must not. */
  readonly upgrade: Extension["upgrade"];
  /** How many units a message of a client takes over an upgraded connection; 0 for none. */
  readonly messageCost: number;
  /** How many units of limits and quotas a request takes; 0 for none. */
  readonly cost: number;
  /** The limits that its `x-latchkey` names. */
  readonly limits: readonly string[];
  /** The names of its security schemes. */
  readonly schemes: readonly string[];
  /** Every scope that its security names. */
  readonly scopes: readonly string[];
  /** The alternatives of its security: a key has to meet one of them. Empty if it needs no key. */
  readonly requirements: readonly SecurityRequirement[];
  readonly body: OperationBody | undefined;
  /** The path parameters that may contain encoded slashes. */
  readonly slashParameters: readonly string[];
  /** The path parameters of the style `matrix`: they contain semicolons. */
  readonly matrixParameters: readonly string[];
  /** The query parameters that have a default. */
  readonly defaultedParameters: readonly string[];
  /** Is at least one of its parameters required? */
  readonly hasRequiredParameters: boolean;
  /** The names of the header parameters, as written in the contract, without those that OpenAPI ignores. */
  readonly headerParameters: readonly string[];
  /** The media type of each declared response, by status; undefined for one without a body. */
  readonly responses: Readonly<Record<string, string | undefined>>;
  /** The member `error` of its 401 responses: the declared constant, or else that of the example. */
  readonly unauthorizedError: string;
};

/**
 * The schemes that a key has to meet, all of them. What another credential has to meet is left out. No key meets an empty
 * one; the checks refuse a contract that has one.
 */
export type SecurityRequirement = readonly RequiredScheme[];

export type RequiredScheme = {
  /** The name of a key scheme. */
  readonly scheme: string;
  readonly scopes: readonly string[];
};

/** The operations of a document that passed the checks. */
export function toOperations(outline: Outline): readonly Operation[] {
  return outline.operations.map((found) => toOperation(outline, found));
}

/** One of `outline.operations`, parsed. */
export function toOperation({ document, keySchemes, extension }: Outline, found: FoundOperation): Operation {
  const { id, method, path, operation } = found;
  const { security, upstream, responses, timeouts, upgrade, messages, cost = 1, limits = [] } = found.extension;
  const isPassthrough = security === "passthrough";
  const requirements = isPassthrough ? [] : found.requirements;
  const parameters = found.parameters.map(({ parameter }) => parameter).filter((one) => !isIgnoredHeader(one));
  const inPath = parameters.filter((one) => one["in"] === "path");
  return {
    id,
    method: method.toUpperCase(),
    path,
    isPublic: requirements.length === 0,
    isPassthrough,
    needsOtherCredential: requirements.some((requirement) => needsOtherCredential(keySchemes, requirement)),
    upstream,
    responseCheck: responses ?? extension.responses ?? "off",
    timeouts: { ...extension.timeouts, ...timeouts },
    upgrade,
    messageCost: messages?.cost ?? 0,
    cost,
    limits,
    schemes: [...new Set(requirements.flatMap(Object.keys))],
    scopes: [...new Set(requirements.flatMap((requirement) => scopesIn(keySchemes, requirement)))],
    requirements: requirements.map((requirement) => toRequirement(keySchemes, requirement)),
    body: toOperationBody(document, found, found.extension.maxBodyBytes ?? extension.maxBodyBytes),
    slashParameters: inPath.filter(mayHaveSlashes).map(nameOf),
    matrixParameters: inPath.filter(({ style }) => style === "matrix").map(nameOf),
    defaultedParameters: parameters.flatMap((parameter) => defaultedName(document, parameter)),
    hasRequiredParameters: parameters.some((parameter) => parameter["required"] === true),
    headerParameters: parameters.filter((one) => one["in"] === "header").map(nameOf),
    responses: toResponses(document, operation),
    unauthorizedError: unauthorizedError(document, operation),
  };
}

function nameOf({ name }: JsonObject): string {
  return String(name);
}

/** Does `requirement` ask for a key and for another credential? */
export function needsOtherCredential(keySchemes: KeySchemes, requirement: JsonObject): boolean {
  const names = Object.keys(requirement);
  const keys = keysIn(keySchemes, requirement);
  return keys.length > 0 && keys.length < names.length;
}

function toRequirement(keySchemes: KeySchemes, requirement: JsonObject): SecurityRequirement {
  return keysIn(keySchemes, requirement).map((scheme) => ({
    scheme,
    scopes: asList(requirement[scheme]).map(String),
  }));
}

/** The scopes that a key needs; those of another credential are for the upstream to check. */
function scopesIn(keySchemes: KeySchemes, requirement: JsonObject): readonly string[] {
  const names = needsOtherCredential(keySchemes, requirement)
    ? keysIn(keySchemes, requirement)
    : Object.keys(requirement);
  return names.flatMap((name) => asList(requirement[name])).map(String);
}

/** The key schemes that `requirement` asks for. */
export function keysIn(keySchemes: KeySchemes, requirement: JsonObject): readonly string[] {
  return Object.keys(requirement).filter((name) => keySchemes[name] !== undefined);
}

function defaultedName(document: OpenApiDocument, parameter: JsonObject): readonly string[] {
  const { in: place, name, schema } = parameter;
  const hasDefault = document.resolve(schema)?.["default"] !== undefined;
  return place === "query" && hasDefault ? [String(name)] : [];
}

function toResponses(document: OpenApiDocument, operation: JsonObject): Operation["responses"] {
  const responses = Object.entries(asRecord(operation["responses"]));
  return Object.fromEntries(
    responses.map(([status, response]) => [status, Object.keys(contentOf(document, response))[0]] as const),
  );
}

function unauthorizedError(document: OpenApiDocument, operation: JsonObject): string {
  const content = contentOf(document, asRecord(operation["responses"])["401"]);
  const { schema, example } = asRecord(content[PROBLEM_MEDIA_TYPE]);
  const properties = asRecord(document.resolve(schema)?.["properties"]);
  const word = asRecord(properties["error"])["const"] ?? asRecord(example)["error"];
  return typeof word === "string" ? word : "Unauthorized";
}

function contentOf(document: OpenApiDocument, response: unknown): JsonObject {
  return asRecord(document.resolve(response)?.["content"]);
}
