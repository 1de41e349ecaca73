import type { Pointer } from "../contract/document/finding.ts";
import { asList, asRecord, follow, type JsonObject } from "../contract/document/json.ts";
import { type FoundOperation, type Operation, operationsIn } from "../contract/model/operations.ts";
import type { Routes } from "../contract/model/routes.ts";
import type { Carrier, KeySchemes } from "../contract/model/schemes.ts";
import type { AnyHandler } from "../http/reply/handler.ts";
import { once } from "../lib/async/once.ts";
import { compiledParameters, type ReadParameters } from "./compiled-parameters.ts";
import type { CompiledSchemas, IsSure } from "./compiled-schemas.ts";

/** An operation whose ordinary requests can be admitted without asking the validator. */
export type FastOperation = {
  readonly operation: Operation;
  /** The one header that it takes a key from. */
  readonly carrier: Carrier;
  /** What the one requirement of its security asks for. */
  readonly scopes: readonly string[];
  readonly handler: AnyHandler;
  /** Compiled when it is first needed; undefined: its requests always need the validator. */
  readonly compiled: () => Compiled | undefined;
};

export type Compiled = {
  readonly readParameters: ReadParameters;
  /** For operations that take JSON. */
  readonly isCompilableBody: IsSure | undefined;
  /** By status, of those that are JSON. */
  readonly isCompilableResponse: ReadonlyMap<number, IsSure>;
};

export const JSON_MEDIA_TYPE = "application/json";

export type FastOperationDeps = {
  readonly document: JsonObject;
  readonly operations: readonly Operation[];
  readonly schemes: KeySchemes;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly schemas: CompiledSchemas;
};

/** Those operations of a contract that are simple enough: one key in one header, and a handler of ours or of the app. */
export function fastOperations(deps: FastOperationDeps): readonly FastOperation[] {
  const found = new Map(operationsIn(deps.document).map((one) => [String(one.operation["operationId"]), one]));
  return deps.operations.flatMap((operation) => {
    const one = found.get(operation.id);
    return one === undefined ? [] : (toFastOperation(operation, one, deps) ?? []);
  });
}

function toFastOperation(
  operation: Operation,
  found: FoundOperation,
  { document, schemes, handlers, schemas }: FastOperationDeps,
): FastOperation | undefined {
  const handler = Object.hasOwn(handlers, operation.id) ? handlers[operation.id] : undefined;
  const requirements = asList(found.operation["security"] ?? document["security"]).map(asRecord);
  const [[scheme = "", scopes] = [], ...others] = requirements.flatMap((one) => Object.entries(one));
  const carrier = schemes[scheme];
  const isSimple = requirements.length === 1 && others.length === 0 && carrier?.in === "header";
  if (!isSimple || handler === undefined || operation.isPassedOn || carrier.name === "authorization") return undefined;

  return {
    operation,
    carrier,
    scopes: asList(scopes).map(String),
    handler,
    compiled: once(() => compile(document, found, operation, schemas)),
  };
}

function compile(
  document: JsonObject,
  found: FoundOperation,
  { body, responses }: Operation,
  schemas: CompiledSchemas,
): Compiled | undefined {
  const readParameters = compiledParameters(document, found, schemas);
  const isCompilableBody = body && schemas.ofRequest(placeOf(document, found, ["requestBody"]));
  // A body that is not to be read here, or of which only the validator can say whether it is one.
  const isOrdinaryBody = body === undefined || (isCompilableBody !== undefined && body.streamedTypes.length === 0);
  if (readParameters === undefined || !isOrdinaryBody) return undefined;

  const statuses = Object.entries(responses).filter(([, type]) => type === JSON_MEDIA_TYPE);
  const sure = statuses.flatMap(([status]) => {
    const isSure = schemas.ofAnswer(placeOf(document, found, ["responses", status]));
    return isSure === undefined ? [] : [[Number(status), isSure] as const];
  });
  return { readParameters, isCompilableBody, isCompilableResponse: new Map(sure) };
}

/** Where the schema of a body stands, of a request or of an answer. */
function placeOf(document: JsonObject, { operation, pointer }: FoundOperation, steps: readonly string[]): Pointer {
  const written = steps.reduce<unknown>((node, step) => asRecord(node)[step], operation);
  const [place] = follow(document, [...pointer, ...steps], written);
  return [...place, "content", JSON_MEDIA_TYPE, "schema"];
}

/** Finds the operation of a request; the route table has the word about every path. */
export function createFastTable(operations: readonly FastOperation[], routes: Routes) {
  const known = new Map(operations.map((one) => [one.operation, one]));
  const fixed = new Map<string, Map<string, FastOperation>>();
  for (const one of operations) {
    const { method, path } = one.operation;
    const matched = routes.match(method, path);
    // What has parameters matches something else, if anything, when it is taken to the letter.
    if (path.includes("{") || matched.kind !== "matched" || matched.operation !== one.operation) continue;
    const ofMethod = fixed.get(method) ?? new Map<string, FastOperation>();
    fixed.set(method, ofMethod.set(path, one));
  }

  return (
    method: string,
    path: string,
  ): { readonly lane: FastOperation; readonly pathParams: PathParams } | undefined => {
    const lane = fixed.get(method)?.get(path);
    if (lane !== undefined) return { lane, pathParams: NONE };
    const matched = routes.match(method, path);
    if (matched.kind !== "matched") return undefined;
    const found = known.get(matched.operation);
    return found && { lane: found, pathParams: matched.pathParams };
  };
}

type PathParams = Readonly<Record<string, string>>;

const NONE: PathParams = {};
