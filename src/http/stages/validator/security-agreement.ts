import type { Response } from "express";
import { security as createSecurity } from "express-openapi-validator/dist/middlewares/openapi.security.js";
import { authorize, isKeyAdmitted, type Refusal } from "../../../auth/authorize.ts";
import { type Admission, authorizeOperation } from "../../../auth/authorize-operation.ts";
import type { Identity } from "../../../auth/identify.ts";
import type { JsonObject } from "../../../contract/document/json.ts";
import type { Contract } from "../../../contract/model/contract.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation, Outline } from "../../../contract/model/outline.ts";
import { schemesIn } from "../../../contract/model/schemes.ts";
import { identitiesFor } from "./sample-identities.ts";
import { checkedSecurity } from "./validated-operation.ts";

/** The validator and this service disagree about who may call an operation. */
export class SecurityDisagreement extends Error {
  readonly operationId: string;

  constructor(operationId: string, message: string) {
    super(message);
    this.operationId = operationId;
  }
}

/**
 * Proves that the validator would authorize requests as this service does: its security step is asked about every
 * operation, with every kind of identity. Requests are then authorized by this service alone.
 * @throws SecurityDisagreement at the first difference.
 */
export async function proveSecurityAgreement(contract: Pick<Contract, "outline" | "operations">) {
  const { stackTraceLimit } = Error;
  // The validator refuses with errors; their stack traces would take half of the time. Nothing else runs until the end:
  // no question waits for more than a promise.
  Error.stackTraceLimit = 0;
  try {
    await compareDecisions(contract);
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}

async function compareDecisions({ outline, operations }: Pick<Contract, "outline" | "operations">) {
  const ask = createAsk(outline);
  const found = new Map(outline.operations.map((one) => [one.id, one]));
  // The contract does not declare preflights, and they need no key.
  for (const operation of operations.filter(({ isPreflight }) => isPreflight === undefined)) {
    const one = found.get(operation.id);
    if (one === undefined) throw new Error(`The contract has no operation ${operation.id}.`);
    for (const [name, identity] of identitiesFor(operation)) {
      const verdict = await ask(operation, one, identity);
      const own = authorizeOperation(operation, identity);
      if (!isSame(operation, { identity, own, verdict })) {
        throw new SecurityDisagreement(operation.id, difference(operation, name, own, verdict));
      }
    }
  }
}

/** What the validator decides about a request. */
type Verdict = {
  readonly isAdmitted: boolean;
  /** The scopes that it required of the key, for each scheme that admitted it; undefined if none did. */
  readonly scopes: readonly string[] | undefined;
};

type Ask = (operation: Operation, found: FoundOperation, identity: Identity) => Promise<Verdict>;

function createAsk(outline: Outline): Ask {
  const { keySchemes, otherSchemes } = outline;
  const asked: { identity: Identity; scopes: string[] | undefined } = { identity: { kind: "none" }, scopes: undefined };
  const checkScheme = (_req: unknown, scopes: readonly string[]) => {
    const isAdmitted = authorize(asked.identity, scopes).kind === "admitted";
    if (isAdmitted) asked.scopes = [...(asked.scopes ?? []), ...scopes];
    return isAdmitted;
  };
  // The upstream checks such a credential: here it only has to be one that a request shows.
  const checkOther = (scheme: string) => () =>
    asked.identity.kind === "other-credential" && otherSchemes[scheme] !== undefined;
  const handlers = Object.fromEntries([
    ...Object.keys(otherSchemes).map((name) => [name, checkOther(name)]),
    ...Object.keys(keySchemes).map((name) => [name, checkScheme]),
  ]);
  const runSecurity = createSecurity(toSkeleton(outline) as never, handlers);

  return async (operation, found, identity) => {
    Object.assign(asked, { identity, scopes: undefined });
    // Where every scheme has a key, the validator cannot refuse an alternative because nothing is presented.
    const presented = identity.kind === "none" ? [] : outline.schemeNames;
    const req = toStub(outline, operation, found, presented);
    const isAdmitted = await new Promise<boolean>((resolve, reject) => {
      const next = (error?: unknown) => resolve(error === undefined);
      Promise.resolve(runSecurity(req as never, {} as Response, next)).catch(reject);
    });
    return { isAdmitted, scopes: asked.scopes };
  };
}

/** A document with the security of the contract and nothing else. */
function toSkeleton({ document }: Outline): JsonObject {
  const { root } = document;
  const securitySchemes = Object.fromEntries(schemesIn(document));
  return { openapi: root["openapi"], security: root["security"], components: { securitySchemes } };
}

/**
 * What the validator's security step reads of a request. It never sees a key: only whether there is one.
 * @param presented the names of the schemes that have a credential in the request.
 */
function toStub(outline: Outline, operation: Operation, found: FoundOperation, presented: readonly string[]) {
  const written = schemesIn(outline.document).filter(([name]) => presented.includes(name));
  const valuesIn = (place: string) =>
    Object.fromEntries(
      written.flatMap(([, scheme]) => (scheme["in"] === place ? [[nameOf(scheme), "presented"]] : [])),
    );
  const schema = { security: found.operation["security"], ...checkedSecurity(operation, outline, found) };
  return {
    headers: { ...valuesIn("header"), ...(presented.length > 0 && { authorization: "bearer or basic" }) },
    query: valuesIn("query"),
    cookies: valuesIn("cookie"),
    openapi: { openApiRoute: operation.path, schema },
  };
}

function nameOf({ in: place, name }: JsonObject): string {
  return place === "header" ? String(name).toLowerCase() : String(name);
}

type Decisions = { readonly identity: Identity; readonly own: Admission | Refusal; readonly verdict: Verdict };

function isSame(operation: Operation, { identity, own, verdict: { isAdmitted, scopes } }: Decisions): boolean {
  const { isPublic, isOptional } = operation;
  // Only this service refuses a key in a URL where no key belongs.
  if (isPublic && own.kind === "key-in-query") return isAdmitted && scopes === undefined;
  // For the validator, `{}` admits every request. This service refuses a key that was sent and is not admitted.
  if (isOptional && own.kind !== "admitted") return !isKeyAdmitted(identity) && isAdmitted && scopes === undefined;
  if (own.kind !== "admitted") return !isAdmitted;
  if (own.key === undefined) return isAdmitted && scopes === undefined;
  if (isOptional && own.scopes.length === 0) return isAdmitted;
  return isAdmitted && scopes !== undefined && own.scopes.every((scope) => scopes.includes(scope));
}

function difference(
  { id, method, path }: Operation,
  identity: string,
  own: Admission | Refusal,
  { isAdmitted, scopes }: Verdict,
): string {
  const ofValidator = isAdmitted ? `admits it (${wordsOf(scopes)})` : "refuses it";
  const ofService =
    own.kind === "admitted" ? `admits it (${wordsOf(own.key && own.scopes)})` : `refuses it (${own.kind})`;
  return `${method} ${path} (${id}), a request with ${identity}: the validator ${ofValidator}, but Latchkey ${ofService}`;
}

function wordsOf(scopes: readonly string[] | undefined): string {
  if (scopes === undefined) return "without a key";
  return scopes.length === 0 ? "any key" : `scopes ${scopes.join(", ")}`;
}
