import type { IncomingMessage, ServerResponse } from "node:http";
import { describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import { isClientGone, runStage, type Stage, unlessClientGone } from "../../src/http/stage.ts";

/** As much of a request and its response as a stage is asked about. */
const facts = (req: object, res: object) => [req, res] as unknown as [IncomingMessage, ServerResponse];
const run = (stage: Stage) =>
  new Promise<unknown>((resolve) =>
    runStage(stage, {} as Request, {} as Response, resolve as (error?: unknown) => void),
  );

describe("a stage that is run from a callback", () => {
  it("hands its fault on, thrown or rejected", async () => {
    const fault = new Error("broken");
    expect(
      await run(() => {
        throw fault;
      }),
    ).toBe(fault);
    expect(await run(() => Promise.reject(fault))).toBe(fault);
  });

  it("hands on a fault also where it fails without one, so that no request goes on by it", async () => {
    expect(await run(() => Promise.reject(undefined))).toBeInstanceOf(Error);
  });

  it("goes on without a fault", async () => {
    expect(await run((_req, _res, next) => next())).toBeUndefined();
  });
});

describe("a client", () => {
  it("has hung up when its response or its connection is gone", () => {
    expect(isClientGone(...facts({}, { destroyed: true, socket: null }))).toBe(true);
    expect(isClientGone(...facts({ socket: { destroyed: true } }, { destroyed: false, socket: null }))).toBe(true);
    expect(isClientGone(...facts({}, { destroyed: false, socket: { destroyed: true } }))).toBe(true);
  });

  it("is there while its connection is, also where the request has streamed away", () => {
    expect(isClientGone(...facts({}, { destroyed: false, socket: { destroyed: false } }))).toBe(false);
    expect(isClientGone(...facts({}, { destroyed: false, socket: null }))).toBe(false);
  });

  it("gets nothing done after it has hung up", async () => {
    let [ran, destroyed] = [0, 0];
    const stage = unlessClientGone(() => void ran++);
    const gone = { destroyed: true, socket: null, destroy: () => void destroyed++ };
    await stage({} as Request, gone as unknown as Response, () => {});
    expect([ran, destroyed]).toEqual([0, 1]);
    await stage({} as Request, { destroyed: false, socket: null } as unknown as Response, () => {});
    expect([ran, destroyed]).toEqual([1, 1]);
  });
});
