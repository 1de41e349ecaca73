import { describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import type { Operation } from "../../../src/contract/model/operations.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import { errorHandler } from "../../../src/http/stages/error-handler.ts";
import type { Problem } from "../../../src/problem/problem.ts";
import { StoreFailure } from "../../../src/store/database/failure.ts";

/** A request to an operation of this method, whose handler has begun. */
function aRequest(method: string) {
  const req = {} as Request;
  const exchange = beginExchange(req, {
    requestId: "req_1",
    peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
    isLast: false,
    mayLeaveUnreadBody: false,
    mayHaveSideEffects: true,
    operation: { method } as Operation,
  });
  return { req, exchange };
}

function problemOf(error: unknown, { req } = aRequest("GET")): Problem | undefined {
  let sent: Problem | undefined;
  const handle = errorHandler((_req, _res, problem) => {
    sent = problem;
  });
  handle(error, req, {} as Response, () => {});
  return sent;
}

describe("an error in the pipeline", () => {
  it.each([
    ["an error", new Error("secret")],
    ["nothing at all", undefined],
    ["a text", "secret"],
    ["an error that says 404 of itself", Object.assign(new Error("secret"), { status: 404 })],
  ])("and is %s is a fault of ours", (_, error) => {
    expect(problemOf(error)).toEqual({ code: "internal-error", detail: expect.not.stringContaining("secret") });
  });

  it("of the store is an outage", () => {
    const error = new StoreFailure("secret", { cause: new Error("locked"), isBusy: true });
    expect(problemOf(error)).toEqual({ code: "unavailable", detail: expect.not.stringContaining("secret") });
  });
});

describe("a failure without side effects", () => {
  const outage = new StoreFailure("secret", { cause: new Error("locked"), isBusy: true });

  it.each([
    ["is a read that the store could not answer", "GET", outage, false],
    ["is not a write, for a part of it may be stored", "POST", outage, true],
    ["is not a fault of a handler", "GET", new Error("secret"), true],
  ])("%s", (_, method, error, mayHaveSideEffects) => {
    const { req, exchange } = aRequest(method);
    problemOf(error, { req, exchange });
    expect(exchange.mayHaveSideEffects).toBe(mayHaveSideEffects);
  });
});

describe("a violation that the validator finds", () => {
  const violation = (errors: readonly object[]) => ({ status: 400, path: "/body", message: "is wrong", errors });

  it("keeps the place of each part, as a pointer", () => {
    const errors = [
      "/query/limit",
      "/params/keyId",
      "/headers/x-trace",
      "/cookies/a",
      "/body/name",
      "/body",
      "odd",
    ].map((path) => ({ path, message: "is wrong" }));
    expect(problemOf(violation(errors))?.errors?.map(({ pointer }) => pointer)).toEqual([
      "#/query/limit",
      "#/path/keyId",
      "#/header/x-trace",
      "#/cookies/a",
      "#/name",
      "#",
      "#/",
    ]);
  });

  it("without parts is shown as one part", () => {
    expect(problemOf(violation([]))?.errors).toEqual([{ detail: "is wrong", pointer: "#" }]);
  });

  it("is shortened, and unprintable characters are replaced", () => {
    const errors = Array.from({ length: 30 }, () => ({ path: "/query/\u0007", message: `${"x".repeat(600)}` }));
    const parts = problemOf(violation(errors))?.errors ?? [];
    expect(parts).toHaveLength(20);
    expect(parts[0]).toEqual({ detail: "x".repeat(500), pointer: "#/query/?" });
    expect(problemOf(violation([{ path: "/query/a", message: "" }]))?.errors?.[0]?.detail).toBe("is not valid");
  });
});
