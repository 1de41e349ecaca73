import { checkBounds } from "./bounds.ts";
import type { Finding, Pointer, Report } from "./finding.ts";
import { asList, asRecord, isRecord, type JsonObject, parsePointer, resolve } from "./json.ts";
import type { Contract } from "./load.ts";
import { operationsIn } from "./operations.ts";
import { checkPatterns } from "./patterns.ts";
import { toKeySchemes, toScopes } from "./schemes.ts";
import { eachNode, isNamedByPeople } from "./walk.ts";

/**
 * Everything in `contract` that must stop the start, in the order of its lines: each of these would otherwise
 * leave an operation open, unreachable, or failing on every request.
 *
 * @param handlers the operationIds that have a handler; left out, handlers are not looked at.
 */
export function checkContract(contract: Contract, handlers?: readonly string[]): readonly Finding[] {
  const findings: Finding[] = [];
  const report: Report = (pointer, message) => findings.push({ line: contract.lineOf(pointer), message });
  const { document } = contract;

  if (checkVersion(document, report)) {
    for (const check of [
      checkServers,
      checkSchemes,
      checkPaths,
      checkOperations,
      checkWords,
      checkBounds,
      checkPatterns,
    ]) {
      check(document, report);
    }
    if (handlers) checkHandlers(document, handlers, report);
  }
  return findings.toSorted((one, other) => one.line - other.line);
}

function checkVersion({ openapi }: JsonObject, report: Report): boolean {
  if (typeof openapi === "string" && /^3\.1\.\d+$/.test(openapi)) return true;
  report(["openapi"], "this is no OpenAPI 3.1 document: write openapi: 3.1.1 (3.0 knows no scopes for API keys)");
  return false;
}

function checkServers(document: JsonObject, report: Report) {
  asList(document["servers"]).forEach((server, index) => {
    const url = String(asRecord(server)["url"]);
    if (!/^(?:https?:\/\/[^/]+)?\/?$/.test(url)) {
      report(
        ["servers", index, "url"],
        `the server URL ${url} has a path: write that path into every entry of paths instead`,
      );
    }
  });
}

function checkSchemes(document: JsonObject, report: Report) {
  const handled = toKeySchemes(document);
  for (const name of Object.keys(asRecord(asRecord(document["components"])["securitySchemes"]))) {
    if (handled[name] === undefined) {
      report(
        ["components", "securitySchemes", name],
        `nothing handles the security scheme ${name}: only type apiKey with a name, in header or query, is understood`,
      );
    }
  }
}

function checkPaths(document: JsonObject, report: Report) {
  const seen = new Map<string, string>();
  for (const path of Object.keys(asRecord(document["paths"]))) {
    if (RESERVED.some((page) => path === page || path.startsWith(`${page}/`))) {
      report(["paths", path], `${path} is one of the service's own pages: choose another path`);
    }
    const shape = path.replaceAll(/\{[^}]*\}/g, "{}");
    const twin = seen.get(shape);
    if (twin !== undefined) report(["paths", path], `${path} and ${twin} match the same requests: keep one of them`);
    seen.set(shape, path);

    for (const [, name = ""] of path.matchAll(/\{([^}]*)\}/g)) {
      if (!IDENTIFIER.test(name)) {
        report(["paths", path], `the path parameter {${name}} is never matched: name it with letters and digits only`);
      }
    }
  }
}

/** Where the service has its pages; no operation may hide behind them. */
const RESERVED = ["/docs", "/openapi.json", "/openapi.yaml", "/problems"];

const IDENTIFIER = /^[A-Za-z_][A-Za-z0-9_]*$/;

function checkOperations(document: JsonObject, report: Report) {
  const seen = new Map<unknown, string>();
  for (const { method, path, pointer, operation } of operationsIn(document)) {
    const name = `${method.toUpperCase()} ${path}`;
    const { operationId } = operation;
    if (typeof operationId !== "string" || !IDENTIFIER.test(operationId)) {
      report(pointer, `${name} has no operationId that is an identifier: add one, such as getThing`);
    } else if (seen.has(operationId)) {
      report([...pointer, "operationId"], `the operationId ${operationId} belongs to ${seen.get(operationId)} already`);
    }
    seen.set(operationId, name);

    checkSecurity({ document, operation, name, pointer }, report);
    const body = resolve(document, operation["requestBody"]);
    if (body && typeof body["required"] !== "boolean") {
      report(
        [...pointer, "requestBody"],
        `${name} does not say whether its body is required: add required: true or false`,
      );
    }
  }
}

type Secured = {
  readonly document: JsonObject;
  readonly operation: JsonObject;
  readonly name: string;
  readonly pointer: Pointer;
};

function checkSecurity({ document, operation, name, pointer }: Secured, report: Report) {
  const security = operation["security"] ?? document["security"];
  if (!Array.isArray(security)) {
    report(
      pointer,
      `${name} declares no security: name a scheme and its scopes, or write security: [] if it is public`,
    );
    return;
  }
  const schemes = toKeySchemes(document);
  const scopes = toScopes(document);
  const carriers = new Set<string>();

  security.forEach((requirement, index) => {
    const place = operation["security"] ? [...pointer, "security", index] : ["security", index];
    if (!isRecord(requirement) || Object.keys(requirement).length === 0) {
      report(place, `${name} lists {} as an alternative, which admits everybody: remove it, or write security: []`);
      return;
    }
    for (const [scheme, needed] of Object.entries(requirement)) {
      const carrier = schemes[scheme];
      if (carrier) carriers.add(carrier.in);
      else
        report(
          place,
          `${name} asks for the security scheme ${scheme}, which components.securitySchemes does not define`,
        );
      for (const scope of asList(needed)) {
        if (typeof scope === "string" && Object.hasOwn(scopes, scope)) continue;
        report(place, `${name} asks for the scope ${scope}, which no x-scopes describes: add it there, or correct it`);
      }
    }
  });
  if (carriers.size > 1) {
    report(pointer, `${name} takes a key in the header or in the query: clients then send it in both; choose one`);
  }
}

/** Words that the validator or the generators misread, wherever they stand. */
function checkWords(document: JsonObject, report: Report) {
  eachNode(document, (pointer, node) => {
    for (const [word, message] of Object.entries(MISREAD_WORDS)) {
      if (Object.hasOwn(node, word) && !isNamedByPeople(pointer)) report([...pointer, word], message);
    }
    const { $ref } = node;
    if (typeof $ref === "string" && resolve(document, node) === undefined) {
      report([...pointer, "$ref"], refMessage($ref));
    }
  });
}

const MISREAD_WORDS: Readonly<Record<string, string>> = {
  nullable: "nullable is of OpenAPI 3.0: write type: [string, 'null'] instead",
  $defs: "$defs inside a schema cannot be resolved by the validator: move its schemas to components.schemas",
  "x-latchkey": "x-latchkey is not understood by this version: remove it, or use a version that does",
};

function refMessage($ref: string): string {
  if (!$ref.startsWith("#/")) return `${$ref} is outside this file: bundle the contract into one file first`;
  return `nothing stands at #/${parsePointer($ref).join("/")}: correct the reference`;
}

function checkHandlers(document: JsonObject, handlers: readonly string[], report: Report) {
  const declared = operationsIn(document);
  for (const { pointer, operation } of declared) {
    const id = String(operation["operationId"]);
    if (!handlers.includes(id)) report(pointer, `nothing handles ${id}: add it to src/http/handlers.ts`);
  }
  for (const id of handlers) {
    if (declared.some(({ operation }) => operation["operationId"] === id)) continue;
    report(["paths"], `the handler ${id} belongs to no operation: add the operation, or remove the handler`);
  }
}
