import { describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import { beginExchange, exchangeOf, operationOf } from "../../../src/http/message/exchange.ts";
import { createSendProblem } from "../../../src/http/reply/send-problem.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { createDecisions } from "../../../src/usage/decision.ts";
import { aHeldClock } from "../../support/builders.ts";

const BEGUN = {
  requestId: "req_1",
  peer: { address: "127.0.0.1", network: "127.0.0.1", isPrivate: true, isTls: false },
  isLast: false,
  mayLeaveUnreadBody: false,
};

describe("what is known about a request", () => {
  it("does not exist before the edge, and has no operation before match", () => {
    const req = {} as Request;
    expect(() => exchangeOf(req)).toThrow("edge");
    beginExchange(req, { ...BEGUN });
    expect(exchangeOf(req)).toEqual(BEGUN);
    expect(() => operationOf(req)).toThrow("operation");
  });
});

describe("a problem after half of a response is out", () => {
  it("destroys the connection, because nothing else can show that the response is incomplete", () => {
    const req = {} as Request;
    beginExchange(req, { ...BEGUN });
    const lines: string[] = [];
    const log = createLog({ level: "info", secrets: /x/g, destination: { write: (line) => void lines.push(line) } });
    let isCut = false;
    const res = { headersSent: true, destroy: () => (isCut = true) } as unknown as Response;

    createSendProblem({
      log,
      rateLimitedLog: log,
      clock: aHeldClock(),
      decisions: createDecisions(),
      sourceLines: { lineOf: () => 0, plansLine: 0 },
    })(req, res, { code: "internal-error", detail: "…" }, { cause: new Error("half") });
    expect(isCut).toBe(true);
    expect(lines.join()).toContain("half");
  });
});
