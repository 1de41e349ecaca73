import { PROBLEM_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { asRecord, type JsonObject } from "../document/json.ts";
import type { OpenApiDocument } from "../document/openapi-document.ts";
import { type OperationBody, toOperationBody } from "./bodies/operation-body.ts";
import { type Extension, mayHaveSlashes, ownUpstreamOf } from "./extension.ts";
import type { FoundOperation, Outline } from "./outline.ts";
import { isIgnoredHeader } from "./parameters.ts";
import { withoutFragment } from "./paths/path-template.ts";
import { type OperationSecurity, toSecurity } from "./security.ts";
import { type Selector, toSelectors } from "./selectors.ts";
import type { UpstreamHeaders } from "./upstream-headers.ts";

/** What the service needs to know about one operation of the contract. */
export type Operation = OperationSecurity & {
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  /** As in the contract, such as `/v1/keys/{keyId}`, without a fragment. */
  readonly path: string;
  /** They tell it apart from other operations with its method and path. */
  readonly selectors: readonly Selector[];
  /** Its own upstream, if the contract names one. */
  readonly upstream: string | undefined;
  /** The headers with credentials that requests to its upstream get. */
  readonly upstreamHeaders: UpstreamHeaders;
  /** What happens to responses of its upstream that do not match the contract. */
  readonly responseCheck: NonNullable<Extension["responses"]>;
  /** What happens to requests that do not match the contract; undefined: as the settings say. */
  readonly requests?: NonNullable<Extension["requests"]>;
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
  readonly body: OperationBody | undefined;
  /** The path parameters that may contain encoded slashes. */
  readonly slashParameters: readonly string[];
  /** The path parameters of the style `matrix`: they contain semicolons. */
  readonly matrixParameters: readonly string[];
  /** The query parameters that have a default. */
  readonly defaultedParameters: readonly string[];
  /** Is at least one of its parameters required? */
  readonly hasRequiredParameters: boolean;
  /** The names of the parameters in query and cookies. */
  readonly queryParameters: readonly string[];
  readonly cookieParameters: readonly string[];
  /** The names of the header parameters, as written in the contract, without those that OpenAPI ignores. */
  readonly headerParameters: readonly string[];
  /** The media type of each declared response, by status; undefined for one without a body. */
  readonly responses: Readonly<Record<string, string | undefined>>;
  /** The names of the headers that its responses declare. */
  readonly responseHeaders: readonly string[];
  /** Who decides which pages may read its responses. */
  readonly cors: NonNullable<Outline["extension"]["cors"]>;
  /** It stands for CORS preflights, which the contract does not declare. */
  readonly isPreflight?: true;
  /** The member `error` of its 401 responses: the declared constant, or else that of the example. */
  readonly unauthorizedError: string;
};

/** The operations of a document that passed the checks. */
export function toOperations(outline: Outline): readonly Operation[] {
  return outline.operations.map((found) => toOperation(outline, found));
}

/** One of `outline.operations`, parsed. */
export function toOperation(outline: Outline, found: FoundOperation): Operation {
  const { document, extension } = outline;
  const { id, method, path, operation } = found;
  const { responses, timeouts, upgrade, messages, cost = 1, limits = [] } = found.extension;
  const { requests = extension.requests } = found.extension;
  const parameters = found.parameters.map(({ parameter }) => parameter).filter((one) => !isIgnoredHeader(one));
  const inPath = parameters.filter((one) => one["in"] === "path");
  return {
    id,
    method: method.toUpperCase(),
    path: withoutFragment(path),
    selectors: toSelectors(document, parameters),
    ...toSecurity(outline, found),
    ...toUpstream(outline, found),
    responseCheck: responses ?? extension.responses ?? "off",
    ...(requests !== undefined && { requests }),
    timeouts: { ...extension.timeouts, ...timeouts },
    upgrade,
    messageCost: messages?.cost ?? 0,
    cost,
    limits,
    body: toOperationBody(document, found, found.extension.maxBodyBytes ?? extension.maxBodyBytes),
    slashParameters: inPath.filter(mayHaveSlashes).map(nameOf),
    matrixParameters: inPath.filter(({ style }) => style === "matrix").map(nameOf),
    defaultedParameters: parameters.flatMap((parameter) => defaultedName(document, parameter)),
    hasRequiredParameters: parameters.some((parameter) => parameter["required"] === true),
    queryParameters: namesIn(parameters, "query"),
    cookieParameters: namesIn(parameters, "cookie"),
    headerParameters: namesIn(parameters, "header"),
    responses: toResponses(document, operation),
    responseHeaders: toResponseHeaders(document, operation),
    cors: extension.cors ?? "latchkey",
    unauthorizedError: unauthorizedError(document, operation),
  };
}

/** Credentials for the common upstream are not sent to another one. */
function toUpstream({ extension }: Outline, found: FoundOperation): Pick<Operation, "upstream" | "upstreamHeaders"> {
  const { url, headers } = ownUpstreamOf(found.extension);
  const common = url === undefined ? extension.upstream?.headers : undefined;
  return { upstream: url, upstreamHeaders: { ...common, ...headers } };
}

function nameOf({ name }: JsonObject): string {
  return String(name);
}

function namesIn(parameters: readonly JsonObject[], place: string): readonly string[] {
  return parameters.filter((one) => one["in"] === place).map(nameOf);
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

function toResponseHeaders(document: OpenApiDocument, operation: JsonObject): readonly string[] {
  const responses = Object.values(asRecord(operation["responses"]));
  return [...new Set(responses.flatMap((one) => Object.keys(asRecord(document.resolve(one)?.["headers"]))))];
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
