import type { Pointer } from "../../contract/document/finding.ts";
import { asList, asRecord } from "../../contract/document/json.ts";
import type { OpenApiDocument } from "../../contract/document/openapi-document.ts";
import type { Contract } from "../../contract/model/contract.ts";
import type { Operation } from "../../contract/model/operations.ts";
import type { FoundOperation } from "../../contract/model/outline.ts";
import type { Carrier } from "../../contract/model/schemes.ts";
import type { AnyHandler, HandlersById } from "../../http/reply/handler.ts";
import { once } from "../../lib/async/once.ts";
import { JSON_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { compileParameters, type ReadParameters } from "./compiled-parameters.ts";
import type { CompiledCheck, CompiledSchemas } from "./compiled-schemas.ts";

/** An operation whose ordinary requests can be served without the validator. */
export type FastRoute = {
  readonly operation: Operation;
  /** The only header that it takes a key from. */
  readonly carrier: Carrier;
  /** The scopes of its only security requirement. */
  readonly scopes: readonly string[];
  readonly handler: AnyHandler;
  /** Compiled on the first call; undefined when every request for this operation needs the validator. */
  readonly compiled: () => CompiledOperation | undefined;
};

export type CompiledOperation = {
  readonly readParameters: ReadParameters;
  /** For operations that take a JSON body. */
  readonly isValidBody: CompiledCheck | undefined;
  /** By status, for responses that are JSON. */
  readonly responseChecks: ReadonlyMap<number, CompiledCheck>;
};

type FastRouteDeps = {
  readonly contract: Pick<Contract, "outline" | "operations" | "schemes">;
  readonly handlers: HandlersById;
  readonly schemas: CompiledSchemas;
};

/**
 * The operations of a contract that are simple enough: one key in one header, and a handler here or in the host app.
 */
export function toFastRoutes(deps: FastRouteDeps): readonly FastRoute[] {
  const { outline, operations } = deps.contract;
  const found = new Map(outline.operations.map((one) => [one.id, one]));
  return operations.flatMap((operation) => {
    const one = found.get(operation.id);
    return one === undefined ? [] : (toFastRoute(operation, one, deps) ?? []);
  });
}

function toFastRoute(
  operation: Operation,
  found: FoundOperation,
  { contract: { outline, schemes }, handlers, schemas }: FastRouteDeps,
): FastRoute | undefined {
  const handler = Object.hasOwn(handlers, operation.id) ? handlers[operation.id] : undefined;
  const { requirements } = found;
  const [[scheme = "", scopes] = [], ...others] = requirements.flatMap((one) => Object.entries(one));
  const carrier = schemes[scheme];
  const isSimple = requirements.length === 1 && others.length === 0 && carrier?.in === "header";
  if (!isSimple || handler === undefined || operation.isPassthrough || carrier.name === "authorization")
    return undefined;

  return {
    operation,
    carrier,
    scopes: asList(scopes).map(String),
    handler,
    compiled: once(() => compile(outline.document, found, operation, schemas)),
  };
}

function compile(
  document: OpenApiDocument,
  found: FoundOperation,
  { body, responses }: Operation,
  schemas: CompiledSchemas,
): CompiledOperation | undefined {
  const readParameters = compileParameters(document, found, schemas);
  const isValidBody = body && schemas.ofRequest(placeOf(document, found, ["requestBody"]));
  // The fast path neither streams a body nor reads one that it cannot check.
  const isBodySupported = body === undefined || (isValidBody !== undefined && body.streamedTypes.length === 0);
  if (readParameters === undefined || !isBodySupported) return undefined;

  const statuses = Object.entries(responses).filter(([, type]) => type === JSON_MEDIA_TYPE);
  const checks = statuses.flatMap(([status]) => {
    const isValid = schemas.ofResponse(placeOf(document, found, ["responses", status]));
    return isValid === undefined ? [] : [[Number(status), isValid] as const];
  });
  return { readParameters, isValidBody, responseChecks: new Map(checks) };
}

/** The pointer to the JSON schema of a request body or a response. */
function placeOf(document: OpenApiDocument, { operation, pointer }: FoundOperation, steps: readonly string[]): Pointer {
  const written = steps.reduce<unknown>((node, step) => asRecord(node)[step], operation);
  const [place] = document.follow([...pointer, ...steps], written);
  return [...place, "content", JSON_MEDIA_TYPE, "schema"];
}
