import { describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import type { NumericParameter, Operation } from "../../../src/contract/model/operations.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import { runStage } from "../../../src/http/stage.ts";
import { numericParameters } from "../../../src/http/stages/parameters/numeric-parameters.ts";
import type { Problem } from "../../../src/problem/problem.ts";

const PARAMETERS: readonly NumericParameter[] = [
  { name: "page", in: "path", type: "integer", delimiter: undefined },
  { name: "ratio", in: "query", type: "number", delimiter: undefined },
  { name: "sizes", in: "query", type: "integer", delimiter: undefined },
  { name: "ids", in: "query", type: "integer", delimiter: "|" },
  { name: "X-Depth", in: "header", type: "integer", delimiter: "," },
];

type Sent = {
  readonly path?: Record<string, string>;
  readonly query?: Record<string, string | string[]>;
  readonly headers?: Record<string, string>;
};

function problemOf({ path, query = {}, headers = {} }: Sent): Problem | undefined {
  const req = { query, headers } as unknown as Request;
  const exchange = beginExchange(req, {
    requestId: "req_1",
    peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
    isLast: false,
    mayLeaveUnreadBody: false,
  });
  Object.assign(exchange, {
    operation: { numericParameters: PARAMETERS } as unknown as Operation,
    ...(path && { pathParams: path }),
  });
  let problem: Problem | undefined;
  const stage = numericParameters((_req, _res, sent) => {
    problem = sent;
  });
  runStage(stage, req, {} as Response, () => {});
  return problem;
}

describe("a number", () => {
  it.each([
    ["that is left out", {}],
    ["in plain digits", { path: { page: "-12" }, query: { ratio: "0.50", sizes: "0" } }],
    ["among others of a list", { query: { sizes: ["1", "20"] } }],
    ["among others in one text", { query: { ids: "1|20" } }],
    ["among others in a header", { headers: { "x-depth": "1, 20" } }],
  ])("%s passes", (_, sent) => {
    expect(problemOf(sent)).toBeUndefined();
  });

  it.each([
    ["in the path", { path: { page: "0x1" } }, "#/path/page"],
    ["with a fraction where none may be", { path: { page: "1.5" } }, "#/path/page"],
    ["with an exponent", { query: { ratio: "1e1" } }, "#/query/ratio"],
    ["that begins with a point", { query: { ratio: ".5" } }, "#/query/ratio"],
    ["among others of a list", { query: { sizes: ["1", " 2"] } }, "#/query/sizes"],
    ["among others in one text", { query: { ids: "1| 2" } }, "#/query/ids"],
    ["in a header", { headers: { "x-depth": "0x10" } }, "#/header/X-Depth"],
  ])("%s in an odd spelling is refused, by its place", (_, sent, pointer) => {
    expect(problemOf(sent)).toMatchObject({ code: "request-invalid", errors: [{ pointer }] });
  });
});
