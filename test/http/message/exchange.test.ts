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
  it("is nothing before it passed the edge, and no operation before it matched", () => {
    const req = {} as Request;
    expect(() => exchangeOf(req)).toThrow("edge");
    beginExchange(req, { ...BEGUN });
    expect(exchangeOf(req)).toEqual(BEGUN);
    expect(() => operationOf(req)).toThrow("operation");
  });
});

describe("a problem that comes when half an answer is out", () => {
  it("cuts the answer off, for nothing else could tell that it is not whole", () => {
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
