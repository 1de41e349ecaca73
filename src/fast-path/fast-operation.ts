import type { Pointer } from "../contract/document/finding.ts";
import { asList, asRecord, follow, type JsonObject } from "../contract/document/json.ts";
import { type FoundOperation, type Operation, operationsIn } from "../contract/model/operations.ts";
import type { Routes } from "../contract/model/routes.ts";
import type { Carrier, KeySchemes } from "../contract/model/schemes.ts";
import type { AnyHandler } from "../http/reply/handler.ts";
import { once } from "../lib/async/once.ts";
import { type ReadParameters, sureParameters } from "./compiled-parameters.ts";
import type { IsSure, SureSchemas } from "./compiled-schemas.ts";

/** An operation whose ordinary requests can be admitted without asking the validator. */
export type LaneOperation = {
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
  readonly isSureBody: IsSure | undefined;
  /** By status, of those that are JSON. */
  readonly isSureAnswer: ReadonlyMap<number, IsSure>;
};

export const JSON_MEDIA_TYPE = "application/json";

export type LaneOperationDeps = {
  readonly document: JsonObject;
  readonly operations: readonly Operation[];
  readonly schemes: KeySchemes;
  readonly handlers: Readonly<Record<string, AnyHandler>>;
  readonly schemas: SureSchemas;
};

/** Those operations of a contract that are simple enough: one key in one header, and a handler of ours or of the app. */
export function laneOperations(deps: LaneOperationDeps): readonly LaneOperation[] {
  const found = new Map(operationsIn(deps.document).map((one) => [String(one.operation["operationId"]), one]));
  return deps.operations.flatMap((operation) => {
    const one = found.get(operation.id);
    return one === undefined ? [] : (toLaneOperation(operation, one, deps) ?? []);
  });
}

function toLaneOperation(
  operation: Operation,
  found: FoundOperation,
  { document, schemes, handlers, schemas }: LaneOperationDeps,
): LaneOperation | undefined {
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
  { body, answers }: Operation,
  schemas: SureSchemas,
): Compiled | undefined {
  const readParameters = sureParameters(document, found, schemas);
  const isSureBody = body && schemas.ofRequest(placeOf(document, found, ["requestBody"]));
  // A body that is not to be read here, or of which only the validator can say whether it is one.
  const isOrdinaryBody = body === undefined || (isSureBody !== undefined && body.streamedTypes.length === 0);
  if (readParameters === undefined || !isOrdinaryBody) return undefined;

  const statuses = Object.entries(answers).filter(([, type]) => type === JSON_MEDIA_TYPE);
  const sure = statuses.flatMap(([status]) => {
    const isSure = schemas.ofAnswer(placeOf(document, found, ["responses", status]));
    return isSure === undefined ? [] : [[Number(status), isSure] as const];
  });
  return { readParameters, isSureBody, isSureAnswer: new Map(sure) };
}

/** Where the schema of a body stands, of a request or of an answer. */
function placeOf(document: JsonObject, { operation, pointer }: FoundOperation, steps: readonly string[]): Pointer {
  const written = steps.reduce<unknown>((node, step) => asRecord(node)[step], operation);
  const [place] = follow(document, [...pointer, ...steps], written);
  return [...place, "content", JSON_MEDIA_TYPE, "schema"];
}

/** Finds the operation of a request; the route table has the word about every path. */
export function createLaneTable(operations: readonly LaneOperation[], routes: Routes) {
  const known = new Map(operations.map((one) => [one.operation, one]));
  const fixed = new Map<string, Map<string, LaneOperation>>();
  for (const one of operations) {
    const { method, path } = one.operation;
    const matched = routes.match(method, path);
    // What has parameters matches something else, if anything, when it is taken to the letter.
    if (path.includes("{") || matched.kind !== "matched" || matched.operation !== one.operation) continue;
    const ofMethod = fixed.get(method) ?? new Map<string, LaneOperation>();
    fixed.set(method, ofMethod.set(path, one));
  }

  return (
    method: string,
    path: string,
  ): { readonly lane: LaneOperation; readonly pathParams: PathParams } | undefined => {
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
