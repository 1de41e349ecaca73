import { asRecord, isRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";
import { oneText } from "../../support/judges/serialized.ts";
import type { Dialect } from "../values/dialect.ts";
import type { Random } from "../values/random.ts";
import { type Extent, generateValue, isValid } from "../values/values.ts";
import { isFormType, isJsonType, isMultipartType, isTextType, writeBody } from "./body-text.ts";
import type { Credentials } from "./credentials.ts";
import type { CorpusOperation } from "./operations.ts";
import { isHeaderValue, isPathValue, isReadable } from "./parameter-text.ts";

/** The values of one request: what its parameters and its body are before they are written. */
export type RequestValues = {
  readonly parameters: ReadonlyMap<JsonObject, unknown>;
  readonly body: BodyValue | undefined;
};

export type BodyValue = {
  readonly type: string;
  readonly schema: unknown;
  readonly value: unknown;
  readonly isOpaque: boolean;
};

export type CaseOptions = {
  readonly dialect: Dialect;
  readonly random: Random;
  readonly credentials: Credentials;
  /** The words that stand in paths of the document: as the value of a parameter, one may lead to another operation. */
  readonly words: ReadonlySet<string>;
  /** At most this many near-misses. */
  readonly mostMisses: number;
};

export function schemaIn(parameter: JsonObject): unknown {
  return parameter["schema"] ?? asRecord(Object.values(asRecord(parameter["content"]))[0])["schema"];
}

export function isSendable(parameter: JsonObject, value: unknown, { words }: Pick<CaseOptions, "words">): boolean {
  if (value === undefined || !isReadable(parameter, value)) return false;
  switch (parameter["in"]) {
    case "path":
      return isPathValue(value) && !words.has(String(value));
    case "header":
      return isHeaderValue(oneText(parameter, value));
    case "cookie":
      return /^[\w.-]+$/.test(oneText(parameter, value));
    default:
      return true;
  }
}

/** Undefined where no valid value was found for something that is required. */
export function generateValues(
  operation: CorpusOperation,
  options: CaseOptions,
  extent: Extent,
): RequestValues | undefined {
  const parameters = new Map<JsonObject, unknown>();
  for (const parameter of operation.parameters) {
    // Some documents describe the key as a parameter too: it is sent once.
    if (isCredential(parameter, options)) continue;
    const isRequired = parameter["required"] === true || parameter["in"] === "path";
    if (!isRequired && !isSent(parameter, options, extent)) continue;
    const value = sendableValue(parameter, options, extent);
    if (isNotSendable(parameter)) return undefined;
    if (value !== undefined) parameters.set(parameter, value);
    else if (isRequired) return undefined;
  }
  const body = bodyValueOf(operation, options, extent);
  return body === "impossible" ? undefined : { parameters, body };
}

/** These headers mean something to HTTP itself, or to gateways. */
const OTHER_MEANING =
  /^(?:host|connection|content-.*|transfer-encoding|te|upgrade|expect|cookie|range|if-.*|accept-.*|keep-alive|trailer|proxy-.*|x-forwarded-.*|forwarded|x-http-method.*|x-method.*|x-request-id)$/i;

/** The client writes it itself, by the length of the body. */
const WRITTEN_BY_CLIENT = ["content-length", "transfer-encoding", "host"];

/** It never reaches an upstream, which might obey it (docs/gateway.md). */
const OVERRIDES_METHOD = "x-http-method-override";

function isNotSendable({ in: place, name }: JsonObject): boolean {
  return place === "header" && [...WRITTEN_BY_CLIENT, OVERRIDES_METHOD].includes(String(name).toLowerCase());
}

function isSent({ in: place, name }: JsonObject, { random }: CaseOptions, extent: Extent): boolean {
  if (place === "header" && OTHER_MEANING.test(String(name))) return false;
  return extent === "all" || (extent === "some" && random.chance(0.4));
}

function isCredential({ in: place, name }: JsonObject, { credentials }: CaseOptions): boolean {
  const carriers = { query: credentials.query, header: credentials.headers, cookie: credentials.cookies };
  const wanted = String(name).toLowerCase();
  return Object.entries(carriers).some(
    ([kind, pairs]) => kind === place && pairs.some(([one]) => one.toLowerCase() === wanted),
  );
}

function sendableValue(parameter: JsonObject, { dialect, random, words }: CaseOptions, extent: Extent): unknown {
  const schema = schemaIn(parameter);
  for (let tried = 0; tried < 20; tried++) {
    const value = generateValue(dialect, schema, { random, extent });
    if (isSendable(parameter, value, { words })) return value;
  }
  return undefined;
}

function bodyValueOf(
  { body }: CorpusOperation,
  options: CaseOptions,
  extent: Extent,
): BodyValue | undefined | "impossible" {
  const types = Object.entries(body?.content ?? {});
  if (body === undefined || types.length === 0) return undefined;
  if (extent === "required" && !body.isRequired) return undefined;
  for (const [type, media] of extent === "some" ? types.toReversed() : types) {
    const { schema } = asRecord(media);
    if (![isJsonType, isFormType, isMultipartType, isTextType].some((isReadable) => isReadable(type))) {
      return { type, schema, value: undefined, isOpaque: true };
    }
    const value = generateValue(options.dialect, schema, { random: options.random, extent });
    const isWritable = value !== undefined && value !== null && writeBody(type, value) !== undefined;
    if (isWritable) return { type, schema, value, isOpaque: false };
  }
  return body.isRequired ? "impossible" : undefined;
}

/** The request of the document's own examples, where they are valid. */
export function exampleOf(operation: CorpusOperation, options: CaseOptions): RequestValues | undefined {
  const { dialect } = options;
  const given = new Map<JsonObject, unknown>();
  for (const parameter of operation.parameters) {
    const value = givenIn(dialect.document, parameter);
    if (isCredential(parameter, options)) continue;
    const isUsable = isSendable(parameter, value, options) && isValid(dialect, schemaIn(parameter), value);
    if (isUsable && isSent(parameter, options, "all")) given.set(parameter, value);
  }
  const rest = generateValues(operation, options, "required");
  const body = exampleBody(operation, options) ?? rest?.body;
  if (rest === undefined || (given.size === 0 && body === rest.body)) return undefined;
  return { parameters: new Map([...rest.parameters, ...given]), body };
}

function exampleBody({ body }: CorpusOperation, { dialect }: CaseOptions): BodyValue | undefined {
  for (const [type, media] of Object.entries(body?.content ?? {})) {
    const { schema } = asRecord(media);
    const value = givenIn(dialect.document, asRecord(media));
    const isWritable = value !== undefined && value !== null && writeBody(type, value) !== undefined;
    if (isWritable && isValid(dialect, schema, value)) return { type, schema, value, isOpaque: false };
  }
  return undefined;
}

function givenIn(document: JsonObject, { example, examples, schema }: JsonObject): unknown {
  const [first] = isRecord(examples) ? Object.values(examples) : [];
  return example ?? resolve(document, first)?.["value"] ?? resolve(document, schema)?.["example"];
}
