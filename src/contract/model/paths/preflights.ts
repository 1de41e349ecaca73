import type { Operation } from "../operations.ts";

/**
 * The CORS preflights of operations whose upstream decides about CORS: OPTIONS at each path for which the contract declares
 * none. Browsers send them without a key, so they are limited by address like public operations.
 */
export function toPreflights(
  operations: readonly Operation[],
  isBuiltIn: (operationId: string) => boolean,
): readonly Operation[] {
  const id = freeId(operations);
  const declared = new Set(operations.flatMap(({ method, path }) => (method === "OPTIONS" ? [path] : [])));
  const concerned = operations.filter(
    (one) => one.cors === "upstream" && !isBuiltIn(one.id) && !declared.has(one.path),
  );
  const byPath = new Map(concerned.toReversed().map((operation) => [operation.path, operation]));
  return [...byPath.values()].map((operation) => ({ ...operation, ...PREFLIGHT, id }));
}

/**
 * Nothing of the message is checked: it has the query of the request that will follow, and none of its headers. The headers
 * of its upstream are not sent with it, but are not taken from the client either.
 */
const PREFLIGHT = {
  method: "OPTIONS",
  isPreflight: true,
  isPublic: true,
  isPassthrough: true,
  isOptional: false,
  needsOtherCredential: false,
  schemes: [],
  scopes: [],
  requirements: [],
  carriers: [],
  sharedCarriers: [],
  credentialParameters: [],
  otherAlternatives: [],
  responseCheck: "off",
  upgrade: undefined,
  messageCost: 0,
  cost: 1,
  limits: [],
  body: undefined,
  defaultedParameters: [],
  hasRequiredParameters: false,
  queryParameters: [],
  cookieParameters: [],
  headerParameters: [],
  responses: {},
  responseHeaders: [],
} as const satisfies Partial<Operation>;

function freeId(operations: readonly Operation[]): string {
  const taken = new Set(operations.map(({ id }) => id));
  let id = "corsPreflight";
  while (taken.has(id)) id = `${id}_`;
  return id;
}
