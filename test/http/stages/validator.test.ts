import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import type { Identity } from "../../../src/auth/identify.ts";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import { runStage } from "../../../src/http/stage.ts";
import { createValidator, type Validator } from "../../../src/http/stages/validator/validator.ts";
import type { Responder } from "../../../src/http/stages/validator/validator-document.ts";
import { aKey } from "../../support/builders.ts";
import { DOCUMENT, OPERATIONS } from "../../support/model/declared.ts";
import { operationsOf } from "../../support/model/models.ts";

/** Called with the kind of each refusal. */
let whenRefused = (_kind: string) => {};

function contractOf(document: JsonObject, operations = operationsOf(document)) {
  return { document, operations, schemes: toOutline(document).keySchemes };
}

function validatorOf(document: JsonObject, operations = operationsOf(document)) {
  return createValidator(contractOf(document, operations), (_req, _res, { kind }) => whenRefused(kind));
}

const [GET_DATA, GET_CLIENT, GET_HEALTH] = ["getData", "getClient", "getHealth"].map((id) =>
  OPERATIONS.find((one) => one.id === id),
) as [Operation, Operation, Operation];
const BEGUN = {
  requestId: "req_1",
  peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
  isLast: false,
  mayLeaveUnreadBody: false,
};
const KNOWN: Identity = { kind: "known", key: aKey(), state: "active", isAccepted: true, isAddressAllowed: true };

const BROKEN_ANSWER = {
  200: { description: "Of a type that is none.", content: { "application/json": { schema: { type: "strnig" } } } },
};

const ANY_ANSWER = { default: { description: "Anything." } };

type Facts = { readonly operation: Operation; readonly identity?: Identity };

function requestOf(facts: Facts): Request {
  const req = { headers: {}, query: {}, method: "GET", path: "/", originalUrl: "/" } as unknown as Request;
  Object.assign(beginExchange(req, { ...BEGUN }), { pathParams: {} }, facts);
  return req;
}

/** Lets the validator decide about a request that came this far; resolves with what it passes on. */
function decide(facts: Facts, req = requestOf(facts)): Promise<unknown> {
  return new Promise((resolve, reject) => {
    whenRefused = (kind) => resolve([kind]);
    Promise.resolve(validator.authorize(req, {} as Response, resolve)).catch(reject);
  });
}

/** Lets the validator watch this reply to an admitted request; resolves with what is sent, or with its violation. */
async function reply(operation: Operation, body: object): Promise<unknown> {
  const facts = { operation, identity: KNOWN };
  const req = requestOf(facts);
  await decide(facts, req);
  return new Promise((resolve) => {
    const res = { statusCode: 200, getHeaders: () => ({}), json: resolve } as unknown as Response;
    runStage(validator.watchReply, req, res, (error?: unknown) =>
      error === undefined ? res.json(body) : resolve(error),
    );
  });
}

let validator: Validator;

beforeAll(async () => {
  validator = await validatorOf(DOCUMENT);
});

describe("the validator", () => {
  it("finds every part of the middleware", () => {
    expect(Object.keys(validator)).toEqual(["authorize", "validate", "validateParameters", "watchReply"]);
  });

  it("does not start with a contract that the middleware refuses", async () => {
    await expect(validatorOf({ ...DOCUMENT, openapi: "3.2.0" })).rejects.toThrow();
    const broken = structuredClone(DOCUMENT) as { components: { schemas: Record<string, unknown> } };
    broken.components.schemas["NewKey"] = { type: "nonsense" };
    await expect(validatorOf(broken)).rejects.toThrow();
  });

  it("does not start when the middleware takes an operation for another one", async () => {
    // Renamed behind its back.
    const [first, ...others] = operationsOf(DOCUMENT);
    if (first === undefined) throw new Error("The contract has no operation.");
    await expect(validatorOf(DOCUMENT, [{ ...first, id: "somethingElse" }, ...others])).rejects.toThrow(
      "reads GET /data as getData",
    );
  });

  it("takes characters of a path literally, even those that are special in its routes", async () => {
    const path = "/Train+Travel!/{id}";
    const item = { parameters: [{ name: "id", in: "path", required: true, schema: { type: "string", maxLength: 9 } }] };
    const paths = { [path]: { ...item, get: { operationId: "getTrain", security: [], responses: ANY_ANSWER } } };
    const [operation] = operationsOf({ ...DOCUMENT, paths });
    await validatorOf({ ...DOCUMENT, paths });
    expect(operation).toMatchObject({ path });
  });

  it("can compile every built-in operation, which a service does on the first request", async () => {
    const compiled = createValidator(
      contractOf(DOCUMENT, OPERATIONS),
      () => {},
      () => "app-handler",
    );
    await expect(compiled).resolves.toBeDefined();
    const broken = {
      ...DOCUMENT,
      paths: { "/a": { get: { operationId: "getA", security: [], responses: BROKEN_ANSWER } } },
    };
    const refused = createValidator(
      contractOf(broken),
      () => {},
      () => "app-handler",
    );
    await expect(refused).rejects.toThrow();
  });

  it("starts with a handler of the host app for an operation without responses", async () => {
    const paths = { "/a": { get: { operationId: "getA", security: [] } } };
    const document = { ...DOCUMENT, paths };
    const ofApp = (): Responder => "app-handler";
    await createValidator(contractOf(document), () => {}, ofApp);
  });

  it("admits a known key, and refuses a request without an identity", async () => {
    expect(await decide({ operation: GET_DATA, identity: KNOWN })).toBeUndefined();
    expect(await decide({ operation: GET_DATA })).toEqual(["key-missing"]);
  });

  it("fails when the middleware admits a request without checking its key", async () => {
    const fault = await decide({ operation: { ...GET_HEALTH, isPublic: false }, identity: KNOWN });
    expect(String(fault)).toContain("without asking");
  });

  it("fails when an operation was never prepared", async () => {
    expect(() => validator.authorize({} as Request, {} as Response, () => {})).toThrow("edge");
    await expect(decide({ operation: { ...GET_DATA, id: "other" }, identity: KNOWN })).rejects.toThrow("prepared");
  });

  it("fails when an instant is not a text", async () => {
    const client = {
      id: "client_aaaaaaaaaaaaaaaaaaaa",
      name: "acme",
      plan: null,
      limits: null,
      metadata: {},
      createdAt: "2026-11-24T12:00:00Z",
    };
    const sent = { ...client, disabledAt: null };
    expect(await reply(GET_CLIENT, sent)).toEqual(sent);
    expect(await reply(GET_CLIENT, { ...sent, createdAt: new Date(0) })).toBeInstanceOf(Error);
    expect(await reply(GET_CLIENT, { ...sent, createdAt: "yesterday, at noon, UTC" })).toBeInstanceOf(Error);
  });
});
