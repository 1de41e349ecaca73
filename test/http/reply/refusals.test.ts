import { describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import type { KeySchemes } from "../../../src/contract/model/schemes.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import { createRefuse } from "../../../src/http/reply/refusals.ts";
import type { SendProblem } from "../../../src/http/reply/send-problem.ts";

const BEGUN = {
  requestId: "req_1",
  peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
  isLast: false,
  mayLeaveUnreadBody: false,
};

function detailOf(schemes: KeySchemes): string | undefined {
  const req = {} as Request;
  beginExchange(req, { ...BEGUN });
  let detail: string | undefined;
  const sendProblem: SendProblem = (_req, _res, problem) => {
    detail = problem.detail;
  };
  createRefuse(schemes, sendProblem, { countFailure: () => 0, waitMsOf: () => 0 })(req, {} as Response, {
    kind: "key-missing",
  });
  return detail;
}

describe("a refusal outside of any operation", () => {
  it("names the header of the contract, or Authorization if the contract has none", () => {
    const query = { in: "query", name: "api_key" } as const;
    expect(detailOf({ Q: query, H: { in: "header", name: "x-other" } })).toContain("header x-other");
    expect(detailOf({ Q: query })).toContain("header authorization");
  });
});
