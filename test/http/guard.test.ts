import { describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import type { Identity } from "../../src/auth/identify.ts";
import type { JsonObject } from "../../src/contract/json.ts";
import { type Operation, toOperations } from "../../src/contract/operations.ts";
import { toKeySchemes } from "../../src/contract/schemes.ts";
import { beginExchange } from "../../src/http/exchange.ts";
import { createGuard, type Guard } from "../../src/http/guard.ts";
import { aKey } from "../support/builders.ts";
import { DOCUMENT, OPERATIONS } from "../support/declared.ts";

let refused: string[] = [];

function guardOf(document: JsonObject, operations = toOperations(document)) {
  refused = [];
  return createGuard(document, operations, toKeySchemes(document), (_req, _res, { kind }) => void refused.push(kind));
}

const [GET_DATA, GET_HEALTH] = ["getData", "getHealth"].map((id) => OPERATIONS.find((one) => one.id === id)) as [
  Operation,
  Operation,
];
const BEGUN = {
  requestId: "req_1",
  peer: { address: "::1", isPrivate: true, isTls: false },
  isLast: false,
  leavesMuch: false,
};
const KNOWN: Identity = { kind: "known", key: aKey(), state: "active", isAccepted: true, isAddressAllowed: true };

/** Lets the guard decide about a request that came this far; resolves with what it passes on. */
function decide(
  guard: Guard,
  facts: { readonly operation: Operation; readonly identity?: Identity },
): Promise<unknown> {
  const req = { headers: {}, query: {}, method: "GET", path: "/", originalUrl: "/" } as unknown as Request;
  Object.assign(beginExchange(req, BEGUN), { pathParams: {} }, facts);
  return new Promise((resolve, reject) => {
    Promise.resolve(guard.authorize(req, {} as Response, resolve)).catch(reject);
    setTimeout(() => resolve(refused), 50);
  });
}

describe("the guard", () => {
  it("finds every part that it takes out of the validator", async () => {
    expect(Object.keys(await guardOf(DOCUMENT))).toEqual(["authorize", "validate", "watchReply"]);
  });

  it("does not start on a contract that the validator refuses", async () => {
    await expect(guardOf({ ...DOCUMENT, openapi: "3.2.0" })).rejects.toThrow();
    const broken = structuredClone(DOCUMENT) as { components: { schemas: Record<string, unknown> } };
    broken.components.schemas["NewKey"] = { type: "nonsense" };
    await expect(guardOf(broken)).rejects.toThrow();
  });

  it("does not start when the validator reads an operation as another one", async () => {
    // Renamed behind its back.
    const [first, ...others] = toOperations(DOCUMENT);
    if (first === undefined) throw new Error("The contract has no operation.");
    await expect(guardOf(DOCUMENT, [{ ...first, id: "somethingElse" }, ...others])).rejects.toThrow(
      "reads GET /data as getData",
    );
  });

  it("admits a known key, and refuses a request that nobody identified", async () => {
    const guard = await guardOf(DOCUMENT);
    expect(await decide(guard, { operation: GET_DATA, identity: KNOWN })).toBeUndefined();
    expect(await decide(guard, { operation: GET_DATA })).toEqual(["key-missing"]);
  });

  it("takes it for a fault when the validator admits without asking whose key it is", async () => {
    const guard = await guardOf(DOCUMENT);
    const fault = await decide(guard, { operation: { ...GET_HEALTH, isPublic: false }, identity: KNOWN });
    expect(String(fault)).toContain("without asking");
  });

  it("takes it for a fault when an operation was never prepared", async () => {
    const guard = await guardOf(DOCUMENT);
    expect(() => guard.authorize({} as Request, {} as Response, () => {})).toThrow("edge");
    await expect(decide(guard, { operation: { ...GET_DATA, id: "other" }, identity: KNOWN })).rejects.toThrow(
      "prepared",
    );
  });
});
