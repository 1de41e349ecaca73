import { asList, asRecord, isRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";

/** An operation as its document describes it, read without any code of the service. */
export type CorpusOperation = {
  /** Method and path as written, such as `GET /pets/{id}`. */
  readonly label: string;
  readonly method: string;
  /** The path of the server before the path as written. */
  readonly path: string;
  readonly parameters: readonly JsonObject[];
  readonly body: { readonly isRequired: boolean; readonly content: JsonObject } | undefined;
  /** Undefined where nothing is said about it. */
  readonly security: readonly JsonObject[] | undefined;
};

const METHODS = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

const BODILESS = ["get", "head", "trace"];

/** The operations of a document, in its order. */
export function operationsOf(document: JsonObject): readonly CorpusOperation[] {
  return Object.entries(asRecord(document["paths"]))
    .filter(([path]) => path.startsWith("/"))
    .flatMap(([path, written]) => {
      const item = resolve(document, written) ?? {};
      return METHODS.filter((method) => isRecord(item[method])).map((method) =>
        toOperation(document, { path, item, method, operation: asRecord(item[method]) }),
      );
    });
}

/** The segments of paths that are not parameters. */
export function wordsIn(operations: readonly CorpusOperation[]): ReadonlySet<string> {
  return new Set(operations.flatMap(({ path }) => path.split("/")).filter((segment) => !segment.includes("{")));
}

type Found = {
  readonly path: string;
  readonly item: JsonObject;
  readonly method: string;
  readonly operation: JsonObject;
};

function toOperation(document: JsonObject, { path, item, method, operation }: Found): CorpusOperation {
  const security = operation["security"] ?? document["security"];
  const servers = operation["servers"] ?? item["servers"] ?? document["servers"];
  // What a body of these methods means is left open (RFC 9110 §9.3).
  const body = BODILESS.includes(method) ? undefined : resolve(document, operation["requestBody"]);
  return {
    label: `${method.toUpperCase()} ${path}`,
    method: method.toUpperCase(),
    path: `${serverPathOf(asList(servers)[0])}${path}`,
    parameters: parametersOf(document, item, operation),
    body: body && { isRequired: body["required"] === true, content: asRecord(body["content"]) },
    security: security === undefined ? undefined : asList(security).map(asRecord),
  };
}

/** The path of a server's URL, with the defaults of its variables and without a `/` at its end. */
function serverPathOf(server: unknown): string {
  const { url = "/", variables } = asRecord(server);
  const filled = String(url).replaceAll(/\{([^}]+)\}/g, (_, name: string) =>
    String(asRecord(asRecord(variables)[name])["default"] ?? name),
  );
  // "api.example.com" without a scheme is meant as a host, though URLs would read it as a path.
  if (/^[a-z0-9-]+(?:\.[a-z0-9-]+)+$/i.test(filled)) return "";
  const path = filled.replace(/^(?:[a-z][a-z0-9+.-]*:)?\/\/[^/]*/i, "");
  return `/${path}`.replace(/\/+$/, "").replace(/^\/+/, "/");
}

/** Those of the operation, and those of its path item that it does not replace. */
function parametersOf(document: JsonObject, ...holders: readonly JsonObject[]): readonly JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const { parameters } of holders) {
    for (const written of asList(parameters)) {
      const parameter = resolve(document, written);
      if (parameter !== undefined) found.set(`${parameter["in"]} ${parameter["name"]}`, parameter);
    }
  }
  return [...found.values()].filter((parameter) => !isIgnored(parameter));
}

/** OpenAPI 3.1.1 §4.8.12.2: a header parameter of these names is ignored. */
function isIgnored({ in: place, name }: JsonObject): boolean {
  return place === "header" && ["accept", "content-type", "authorization"].includes(String(name).toLowerCase());
}
