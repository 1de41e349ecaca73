import type { Response } from "express";
import { security as createSecurity } from "express-openapi-validator/dist/middlewares/openapi.security.js";
import { authorize, type Refusal } from "../../../auth/authorize.ts";
import { type Admission, authorizeOperation } from "../../../auth/authorize-operation.ts";
import type { Identity } from "../../../auth/identify.ts";
import { asRecord, type JsonObject } from "../../../contract/document/json.ts";
import type { Contract } from "../../../contract/model/contract.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation, Outline } from "../../../contract/model/outline.ts";
import type { Carrier, KeySchemes } from "../../../contract/model/schemes.ts";
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
export async function proveSecurityAgreement(contract: Pick<Contract, "outline" | "operations" | "schemes">) {
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

async function compareDecisions({
  outline,
  operations,
  schemes,
}: Pick<Contract, "outline" | "operations" | "schemes">) {
  const ask = createAsk(outline, schemes);
  const found = new Map(outline.operations.map((one) => [one.id, one]));
  for (const operation of operations) {
    const one = found.get(operation.id);
    if (one === undefined) throw new Error(`The contract has no operation ${operation.id}.`);
    for (const [name, identity] of identitiesFor(operation)) {
      const verdict = await ask(operation, one, identity);
      const own = authorizeOperation(operation, identity);
      if (!isSame(operation, own, verdict)) {
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

function createAsk(outline: Outline, schemes: KeySchemes): Ask {
  const asked: { identity: Identity; scopes: string[] | undefined } = { identity: { kind: "none" }, scopes: undefined };
  const checkScheme = (_req: unknown, scopes: readonly string[]) => {
    const isAdmitted = authorize(asked.identity, scopes).kind === "admitted";
    if (isAdmitted) asked.scopes = [...(asked.scopes ?? []), ...scopes];
    return isAdmitted;
  };
  const handlers = Object.fromEntries(Object.keys(schemes).map((name) => [name, checkScheme]));
  const runSecurity = createSecurity(toSkeleton(outline) as never, handlers);

  return async (operation, found, identity) => {
    Object.assign(asked, { identity, scopes: undefined });
    // Where every scheme has a key, the validator cannot refuse an alternative because nothing is presented.
    const req = toStub(outline, operation, found, identity.kind === "none" ? [] : Object.values(schemes));
    const isAdmitted = await new Promise<boolean>((resolve, reject) => {
      const next = (error?: unknown) => resolve(error === undefined);
      Promise.resolve(runSecurity(req as never, {} as Response, next)).catch(reject);
    });
    return { isAdmitted, scopes: asked.scopes };
  };
}

/** A document with the security of the contract and nothing else. */
function toSkeleton({ document: { root, resolve } }: Outline): JsonObject {
  const schemes = Object.entries(asRecord(asRecord(root["components"])["securitySchemes"]));
  const securitySchemes = Object.fromEntries(schemes.map(([name, scheme]) => [name, resolve(scheme) ?? {}]));
  return { openapi: root["openapi"], security: root["security"], components: { securitySchemes } };
}

/** What the validator's security step reads of a request. It never sees a key: only whether there is one. */
function toStub(outline: Outline, operation: Operation, found: FoundOperation, carriers: readonly Carrier[]) {
  const keysIn = (place: Carrier["in"]) =>
    Object.fromEntries(carriers.filter((one) => one.in === place).map(({ name }) => [name, "presented"]));
  const schema = { security: found.operation["security"], ...checkedSecurity(operation, outline, found) };
  return {
    headers: keysIn("header"),
    query: keysIn("query"),
    openapi: { openApiRoute: operation.path, schema },
  };
}

function isSame({ isPublic }: Operation, own: Admission | Refusal, { isAdmitted, scopes }: Verdict): boolean {
  // Only this service refuses a key in a URL where no key belongs.
  if (isPublic && own.kind === "key-in-query") return isAdmitted && scopes === undefined;
  if (own.kind !== "admitted") return !isAdmitted;
  if (own.key === undefined) return isAdmitted && scopes === undefined;
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
