import querystring from "node:querystring";
import type { Request, Response } from "express";
import type { JudgedRequest, Judgement } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import type { Stage } from "../../../src/http/stage.ts";
import { bracketParameters } from "../../../src/http/stages/parameters/bracket-parameters.ts";
import { jsonParameters } from "../../../src/http/stages/parameters/json-parameters.ts";
import { numericParameters } from "../../../src/http/stages/parameters/numeric-parameters.ts";
import { declareBracketedNames, hideRawQuery } from "../../../src/http/stages/validator/adapt-request.ts";
import { createMiddlewareParts } from "../../../src/http/stages/validator/middleware-parts.ts";
import { type PreparedOperation, prepareOperation } from "../../../src/http/stages/validator/prepare-operation.ts";
import { toValidatorDocument } from "../../../src/http/stages/validator/validator-document.ts";

/** The stages before the validator, and the validator. */
export function stagesJudge(contract: Contract) {
  const parts = createMiddlewareParts(
    toValidatorDocument(contract.document, () => "elsewhere"),
    contract.schemes,
  );
  const prepared = new Map<string, Promise<PreparedOperation>>();
  const sendProblem = (_req: unknown, _res: unknown, problem: unknown) => {
    throw Object.assign(new Error("refused"), { status: 400, problem });
  };
  const stages: readonly Stage[] = [
    bracketParameters(sendProblem as never),
    numericParameters(sendProblem as never),
    jsonParameters(sendProblem as never),
    (req, res, next) => {
      hideRawQuery(req);
      declareBracketedNames(req);
      return parts.request(req, res, next);
    },
  ];
  return async (request: JudgedRequest): Promise<Judgement> => {
    const { operation, pathParams, query, headers, body } = request;
    const url = `/x${query === "" ? "" : `?${query}`}`;
    const req = {
      method: operation.method,
      params: {},
      path: "/x",
      url,
      originalUrl: url,
      headers: { ...structuredClone(headers), "content-type": body?.mediaType },
      query: querystring.parse(query, "&", "=", { maxKeys: 0 }),
      body: structuredClone(body?.value),
    } as unknown as Request & { openapi?: { pathParams: Record<string, unknown> } };
    if (body === undefined) delete req.headers["content-type"];
    beginExchange(req, { operation, pathParams } as never);
    if (!prepared.has(operation.id)) prepared.set(operation.id, prepareOperation(parts, operation, "built-in"));
    Object.assign(req, { openapi: { ...(await prepared.get(operation.id)), pathParams: { ...pathParams } } });
    try {
      for (const stage of stages) await run(stage, req);
    } catch (error) {
      if (typeof (error as { status?: unknown }).status !== "number") throw error;
      return { kind: "invalid", detail: String(error), parts: [{ detail: String(error), pointer: "#" }] };
    }
    const header = operation.headerParameters.map((name) => [name, req.headers[name.toLowerCase()]]);
    return {
      kind: "valid",
      parameters: { path: req.openapi?.pathParams ?? {}, query: req.query, header: Object.fromEntries(header) },
      body: req.body,
    };
  };
}

function run(stage: Stage, req: Request): Promise<void> {
  return new Promise((resolve, reject) => {
    Promise.resolve(stage(req, {} as Response, (error?: unknown) => (error ? reject(error) : resolve()))).catch(reject);
  });
}
