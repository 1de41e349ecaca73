import { asList, asRecord, isRecord, type JsonObject, resolve } from "./json.ts";

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"] as const;

/** What the service needs to know about one operation of the contract. */
export type Operation = {
  readonly id: string;
  /** In upper case. */
  readonly method: string;
  /** As in the contract, such as `/v1/keys/{keyId}`. */
  readonly path: string;
  /** No key is looked at: `security: []`. */
  readonly isPublic: boolean;
  /** The names of the security schemes that the operation asks for. */
  readonly schemes: readonly string[];
  /** Every scope that the operation asks for. */
  readonly scopes: readonly string[];
  readonly body: OperationBody | undefined;
  /** The parameters in path and query that are numbers, or lists of them. */
  readonly numericParameters: readonly NumericParameter[];
  /** The query parameters that have a default. */
  readonly defaultedParameters: readonly string[];
  /** The media type of each declared answer, by status. */
  readonly answers: Readonly<Record<string, string | undefined>>;
  /** The member `error` of its 401s: the constant that its contract declares. */
  readonly unauthorizedError: string;
};

export type NumericParameter = {
  readonly name: string;
  readonly in: "path" | "query";
  readonly type: "integer" | "number";
};

export type OperationBody = {
  readonly isRequired: boolean;
  /** In lower case, without parameters. */
  readonly mediaTypes: readonly string[];
};

/** Reads the operations out of a document that `checkContract` has nothing against. */
export function toOperations(document: JsonObject): readonly Operation[] {
  return operationsIn(document).map((found) => toOperation(document, found));
}

/** Reads one of `operationsIn(document)`. */
export function toOperation(document: JsonObject, found: FoundOperation): Operation {
  const { method, path, item, operation } = found;
  const requirements = asList(operation["security"] ?? document["security"]).map(asRecord);
  const parameters = [...asList(item["parameters"]), ...asList(operation["parameters"])];
  return {
    id: String(operation["operationId"]),
    method: method.toUpperCase(),
    path,
    isPublic: requirements.length === 0,
    schemes: [...new Set(requirements.flatMap(Object.keys))],
    scopes: [...new Set(requirements.flatMap((requirement) => Object.values(requirement).flatMap(asList)))].map(String),
    body: toBody(document, operation),
    numericParameters: parameters.flatMap((parameter) => toNumeric(document, parameter)),
    defaultedParameters: parameters.flatMap((parameter) => defaultedName(document, parameter)),
    answers: toAnswers(document, operation),
    unauthorizedError: unauthorizedError(document, operation),
  };
}

type FoundOperation = ReturnType<typeof operationsIn>[number];

/** Every operation in `document` as it stands there, with its place. */
export function operationsIn(document: JsonObject) {
  return Object.entries(asRecord(document["paths"])).flatMap(([path, item]) =>
    METHODS.filter((method) => isRecord(asRecord(item)[method])).map((method) => ({
      path,
      method,
      pointer: ["paths", path, method],
      item: asRecord(item),
      operation: asRecord(asRecord(item)[method]),
    })),
  );
}

function toNumeric(document: JsonObject, parameter: unknown): readonly NumericParameter[] {
  const { in: place, name, schema } = resolve(document, parameter) ?? {};
  const { type, items } = resolve(document, schema) ?? {};
  const types = [type, resolve(document, items)?.["type"]].flat();
  const found = (["integer", "number"] as const).find((one) => types.includes(one));
  if (found === undefined || (place !== "path" && place !== "query")) return [];
  return [{ name: String(name), in: place, type: found }];
}

function defaultedName(document: JsonObject, parameter: unknown): readonly string[] {
  const { in: place, name, schema } = resolve(document, parameter) ?? {};
  const hasDefault = resolve(document, schema)?.["default"] !== undefined;
  return place === "query" && hasDefault ? [String(name)] : [];
}

function toBody(document: JsonObject, operation: JsonObject): OperationBody | undefined {
  const body = resolve(document, operation["requestBody"]);
  return (
    body && {
      isRequired: body["required"] === true,
      mediaTypes: Object.keys(asRecord(body["content"])).map((mediaType) => mediaType.toLowerCase()),
    }
  );
}

function toAnswers(document: JsonObject, operation: JsonObject): Operation["answers"] {
  const answers = Object.entries(asRecord(operation["responses"]));
  return Object.fromEntries(
    answers.map(([status, answer]) => [status, Object.keys(contentOf(document, answer))[0]] as const),
  );
}

function unauthorizedError(document: JsonObject, operation: JsonObject): string {
  const content = contentOf(document, asRecord(operation["responses"])["401"]);
  const schema = resolve(document, asRecord(content["application/problem+json"])["schema"]);
  const constant = asRecord(asRecord(schema?.["properties"])["error"])["const"];
  return typeof constant === "string" ? constant : "Unauthorized";
}

function contentOf(document: JsonObject, answer: unknown): JsonObject {
  return asRecord(resolve(document, answer)?.["content"]);
}
