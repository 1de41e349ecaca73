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
  it("passes its fault to next, thrown or rejected", async () => {
    const fault = new Error("broken");
    expect(
      await run(() => {
        throw fault;
      }),
    ).toBe(fault);
    expect(await run(() => Promise.reject(fault))).toBe(fault);
  });

  it("passes a fault to next even if it failed without an error, so that no request is admitted by it", async () => {
    expect(await run(() => Promise.reject(undefined))).toBeInstanceOf(Error);
  });

  it("calls next without a fault", async () => {
    expect(await run((_req, _res, next) => next())).toBeUndefined();
  });
});

describe("a client", () => {
  it("has disconnected when its response or its connection is destroyed", () => {
    expect(isClientGone(...facts({}, { destroyed: true, socket: null }))).toBe(true);
    expect(isClientGone(...facts({ socket: { destroyed: true } }, { destroyed: false, socket: null }))).toBe(true);
    expect(isClientGone(...facts({}, { destroyed: false, socket: { destroyed: true } }))).toBe(true);
  });

  it("is connected while its connection is, even if the request was streamed", () => {
    expect(isClientGone(...facts({}, { destroyed: false, socket: { destroyed: false } }))).toBe(false);
    expect(isClientGone(...facts({}, { destroyed: false, socket: null }))).toBe(false);
  });

  it("gets nothing done after it disconnected", async () => {
    let [ran, destroyed] = [0, 0];
    const stage = unlessClientGone(() => void ran++);
    const gone = { destroyed: true, socket: null, destroy: () => void destroyed++ };
    await stage({} as Request, gone as unknown as Response, () => {});
    expect([ran, destroyed]).toEqual([0, 1]);
    await stage({} as Request, { destroyed: false, socket: null } as unknown as Response, () => {});
    expect([ran, destroyed]).toEqual([1, 1]);
  });
});
