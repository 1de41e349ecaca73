import { parse as parseQuery } from "node:querystring";
import type { NextFunction, Response } from "express";
import type { OpenApiRequest } from "express-openapi-validator/dist/framework/types.js";
import { asList, asRecord, isRecord, type JsonObject, resolve } from "../../../contract/document/json.ts";
import type { InvalidRequest, JudgedRequest, Judgement, Parameters } from "../../../contract/judge/judge.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import { jsonErrorIn } from "../parameters/json-texts.ts";
import { numberErrorIn } from "../parameters/number-spellings.ts";
import { invalidParameter } from "../parameters/parameter.ts";
import { combineBrackets, INVALID_BRACKETS, type Query } from "../parameters/query-brackets.ts";
import { toInvalidRequest } from "./invalid-request.ts";
import { ONLY_PATH, type OperationDocument } from "./operation-document.ts";
import { validatedType } from "./validated-operation.ts";
import type { ValidatorParts } from "./validator-parts.ts";

export type JudgeRequest = (request: JudgedRequest) => Judgement;

/**
 * Compiles what the validator needs to judge requests for `operation`.
 * @throws Error when a schema cannot be compiled.
 */
export function createJudgeRequest(
  parts: ValidatorParts,
  operation: Operation,
  operationDocument: OperationDocument,
): JudgeRequest {
  const validate = createValidate(parts, operation, operationDocument);
  const lists = listsInOneText(operationDocument);
  return (request) => {
    const query = combineBrackets(parse(request.query), operation.bracketedParameters);
    if (query === undefined || lists.some((name) => isRecord(query[name]))) return INVALID_BRACKETS;
    const values: Values = { path: { ...request.pathParams }, query, header: headersOf(operation, request) };
    return findInvalidText(operation, values) ?? validate(values, request.body);
  };
}

/** The query parameters that are lists with `explode: false`: the validator fails where an object comes in their place. */
function listsInOneText({ document, operation }: OperationDocument): readonly string[] {
  const parameters = asList(operation["parameters"]).map(asRecord);
  const lists = parameters.filter((one) => [resolve(document, one["schema"])?.["type"]].flat().includes("array"));
  return lists.filter((one) => one["in"] === "query" && one["explode"] === false).map(({ name }) => String(name));
}

/** The parameters before they are converted: texts, or lists of texts. Headers have their names in lower case. */
type Values = { readonly path: Query; readonly query: Query; readonly header: Query };

const NO_LIMIT = { maxKeys: 0 } as const;

function parse(query: string): Query {
  return query === "" ? Object.create(null) : parseQuery(query, undefined, undefined, NO_LIMIT);
}

function headersOf({ headerParameters }: Operation, { headers }: JudgedRequest): Query {
  const found: { [name: string]: unknown } = {};
  for (const name of headerParameters) {
    const value = headers[name.toLowerCase()];
    if (value !== undefined) found[name.toLowerCase()] = value;
  }
  return found;
}

/** Finds numbers and JSON that the validator reads less strictly than this service. */
function findInvalidText(operation: Operation, values: Values): InvalidRequest | undefined {
  for (const parameter of operation.numericParameters) {
    const detail = numberErrorIn(parameter, textOf(values, parameter));
    if (detail !== undefined) return invalidParameter(parameter, detail);
  }
  for (const parameter of operation.jsonParameters) {
    const detail = jsonErrorIn(parameter, textOf(values, parameter));
    if (detail !== undefined) return invalidParameter(parameter, detail);
  }
  return undefined;
}

function textOf(values: Values, { name, in: place }: { readonly name: string; readonly in: keyof Values }): unknown {
  return values[place][place === "header" ? name.toLowerCase() : name];
}

/** The validator reads nothing of a response while it judges a request. */
const RES = {} as Response;

function createValidate(
  parts: ValidatorParts,
  operation: Operation,
  { document, operation: schema }: OperationDocument,
) {
  const { apiDoc } = parts.preprocess(document);
  const validator = new parts.RequestValidator(apiDoc, parts.ajvOptions.request);
  const { requestBody: _, ...withoutBody } = schema;

  return (values: Values, body: JudgedRequest["body"]): Judgement => {
    const req = toStub(operation, values, body, body === undefined ? withoutBody : schema);
    let isValid = false;
    const next: NextFunction = (error?: unknown) => {
      isValid = error === undefined;
    };
    try {
      // Only its type says that it may return a promise.
      const unfinished = validator.validate(req, RES, next);
      if (unfinished !== undefined) isValid = false;
    } catch (error) {
      const invalid = toInvalidRequest(error);
      if (invalid === undefined) throw error;
      return invalid;
    }
    if (!isValid) throw new Error(`The validator did not decide about a request for ${operation.id}.`);
    return { kind: "valid", parameters: toParameters(operation, req), body: req.body };
  };
}

/** The parts of a request that the validator reads. */
function toStub(
  operation: Operation,
  { path, query, header }: Values,
  body: JudgedRequest["body"],
  schema: JsonObject,
): OpenApiRequest {
  // The validator keeps what it compiles for every media type that it sees, so it must only see declared ones.
  const type = body && validatedType(operation, body.mediaType);
  if (body !== undefined && type === undefined) {
    throw new Error(`The operation ${operation.id} does not declare the media type of this body.`);
  }
  const { bracketedParameters } = operation;
  return {
    method: operation.method,
    // Where the discriminator of a body is wrong, the validator reports the error at this path.
    path: "/body",
    // Without the query: in its text the validator refuses characters that are allowed there (RFC 3986 §3.4).
    originalUrl: ONLY_PATH,
    headers: { ...header, "content-type": type },
    query: bracketedParameters.length === 0 ? query : withDeclaredNames(query, bracketedParameters),
    params: path,
    body: body?.value,
    openapi: { expressRoute: ONLY_PATH, openApiRoute: ONLY_PATH, pathParams: path, schema },
    // Only what the validator reads of a request.
  } as unknown as OpenApiRequest;
}

/**
 * Tells the validator which parameters have brackets in their name. It looks for their schema in `query._openapi`, where
 * nothing else sets it, and caches what it finds by `path`: so `path` is the names themselves.
 */
function withDeclaredNames(query: Query, names: readonly string[]): Query {
  if ("_openapi" in query) return query;
  const parameters = names.map((name) => ({ in: "query", name }));
  const value = { schema: { path: JSON.stringify(names), parameters } };
  return Object.defineProperty(query, "_openapi", { value, enumerable: false, configurable: true });
}

function toParameters({ headerParameters }: Operation, { params, query, headers }: OpenApiRequest): Parameters {
  const header: { [name: string]: unknown } = {};
  for (const name of headerParameters) header[name] = headers[name.toLowerCase()];
  return { path: params, query, header };
}
