import { parse as parseQuery } from "node:querystring";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "@jest/globals";
import type { Request, Response } from "express";
import fc from "fast-check";
import type { Identity } from "../../../src/auth/identify.ts";
import { asRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { loadDocument } from "../../../src/contract/document/load.ts";
import type { Judge, JudgedRequest, Judgement } from "../../../src/contract/judge/judge.ts";
import { type Operation, toOperations } from "../../../src/contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../../src/contract/model/outline.ts";
import { beginExchange } from "../../../src/http/message/exchange.ts";
import type { Stage } from "../../../src/http/stage.ts";
import { toProblem } from "../../../src/http/stages/error-handler.ts";
import { bracketParameters } from "../../../src/http/stages/parameters/bracket-parameters.ts";
import { jsonParameters } from "../../../src/http/stages/parameters/json-parameters.ts";
import { numericParameters } from "../../../src/http/stages/parameters/numeric-parameters.ts";
import { createValidator, type Validator } from "../../../src/http/stages/validator/validator.ts";
import { createValidatorJudge } from "../../../src/http/stages/validator/validator-judge.ts";
import type { Problem } from "../../../src/problem/problem.ts";
import { aKey } from "../../support/builders.ts";
import { DOCUMENT } from "../../support/model/declared.ts";
import { samplesOf } from "../../support/model/samples.ts";

const VARIED = loadDocument(fileURLToPath(new URL("validator-contract.yaml", import.meta.url))).document;

/** Both ways to validate the requests of one contract. */
type Pair = {
  readonly outline: Outline;
  readonly operations: readonly Operation[];
  readonly validator: Validator;
  readonly judge: Judge;
};

async function pairOf(document: JsonObject): Promise<Pair> {
  const outline = toOutline(document);
  const operations = toOperations(outline);
  const contract = { document, outline, operations, schemes: outline.keySchemes };
  const validator = await createValidator(
    contract,
    () => {},
    () => "app-handler",
  );
  return { outline, operations, validator, judge: await createValidatorJudge(contract) };
}

let varied: Pair;
let builtIn: Pair;

beforeAll(async () => {
  [varied, builtIn] = [await pairOf(VARIED), await pairOf(DOCUMENT)];
}, 60_000);

const SCOPES = ["things:read", "things:write", "things:admin"];

function identityFor({ scopes }: Operation): Identity {
  const key = aKey({ scopes: [...SCOPES, ...scopes] });
  return { kind: "known", key, state: "active", isAccepted: true, isAddressAllowed: true };
}

/** Runs the stages of the pipeline on this request. */
async function byStages(validator: Validator, request: JudgedRequest): Promise<unknown> {
  const { operation, pathParams, query, body } = request;
  const req = {
    method: operation.method,
    path: "/body",
    originalUrl: `/x${query === "" ? "" : `?${query}`}`,
    headers: { ...request.headers, ...(body && { "content-type": body.mediaType }) },
    query: parseQuery(query),
    params: {},
    body: structuredClone(body?.value),
  } as unknown as Request;
  const begun = {
    requestId: "req_1",
    peer: { address: "::1", network: "::1", isPrivate: true, isTls: false },
    isLast: false,
    mayLeaveUnreadBody: false,
  };
  Object.assign(beginExchange(req, begun), { operation, pathParams, identity: identityFor(operation) });
  let problem: Problem | undefined;
  const send = (_req: unknown, _res: unknown, sent: Problem) => {
    problem = sent;
  };
  const validate = body === undefined ? validator.validateParameters : validator.validate;
  try {
    for (const stage of [
      validator.authorize,
      bracketParameters(send),
      numericParameters(send),
      jsonParameters(send),
      validate,
    ]) {
      if (problem === undefined) await run(stage, req, () => problem !== undefined);
    }
  } catch (error) {
    problem = toProblem(error);
  }
  if (problem !== undefined) return { problem };
  const { openapi } = req as { openapi?: { pathParams?: unknown } };
  const header = Object.fromEntries(operation.headerParameters.map((name) => [name, req.headers[name.toLowerCase()]]));
  return { path: openapi?.pathParams, query: { ...req.query }, header, body: req.body };
}

function run(stage: Stage, req: Request, isOver: () => boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    Promise.resolve(stage(req, {} as Response, (error?: unknown) => (error ? reject(error) : resolve())))
      .then(() => {
        if (isOver()) resolve();
      })
      .catch(reject);
  });
}

async function byJudge(judge: Judge, request: JudgedRequest): Promise<unknown> {
  const judgement: Judgement = await judge.judgeRequest(structuredCloneOf(request));
  if (judgement.kind === "invalid") {
    const { detail, parts } = judgement;
    return { problem: { code: "request-invalid", detail, errors: parts } };
  }
  const { path, query, header } = judgement.parameters;
  return { path, query: { ...query }, header, body: judgement.body };
}

/** Judges may change the body. */
function structuredCloneOf(request: JudgedRequest): JudgedRequest {
  return request.body === undefined ? request : { ...request, body: structuredClone(request.body) };
}

const ODD_TEXTS = fc.constantFrom(
  ...["", " 5", "0x10", "1e1", "-0", "007", "1.50", "+", "%zz", "a:b", "a+b", "a,b", "a|b", "[1]", "é", "null", "true"],
  ...['{"weight":1}', '{"weight":1,"weight":2}', '{"least":1}', "{", '"\\u0000"', "1,2", "least,1,most,2", "TRUE"],
);

/** Requests for an operation: most of them valid, many of them invalid in one way or another. */
function requestsFor({ outline }: Pair, found: FoundOperation, operation: Operation): fc.Arbitrary<JudgedRequest> {
  const { root } = outline.document;
  const textOf = (parameter: JsonObject) => {
    const [content] = Object.values(asRecord(parameter["content"]));
    const samples = samplesOf(root, parameter["schema"] ?? asRecord(content)["schema"]).map(toText);
    return fc.oneof({ arbitrary: samples, weight: 30 }, { arbitrary: ODD_TEXTS, weight: 1 });
  };
  const inPlace = (place: string) => found.parameters.map((one) => one.parameter).filter((one) => one["in"] === place);
  const named = (place: string) => {
    const entries = inPlace(place).map(({ name, ...rest }) => [String(name), textOf(rest)] as const);
    return fc.record(Object.fromEntries(entries), place === "path" ? {} : { requiredKeys: [] });
  };
  const odd = fc.constantFrom(
    ...["unknown=1", "limit=1&limit=2", "tags=a&tags=b", "filter[name]=a&filter[count]=2", "filter[name]=a&filter=b"],
    ...["ids[]=1&ids[]=2", "list[]=a&list[]=b", "at[here]=5", "a[__proto__]=1", "__proto__=1", "filter[", "x[y][z]=1"],
    ...["least=1&most=9", "least=x", "tags[0]=a&tags[1]=b", "=", "&&", "limit", "elsewhere=ab", "_openapi=1", "any="],
  );
  return fc
    .record({
      pathParams: named("path"),
      pairs: named("query").map((pairs) =>
        Object.entries(asTexts(pairs)).map(([name, text]) => `${name}=${encode(text)}`),
      ),
      odd: fc.oneof({ arbitrary: fc.constant(""), weight: 9 }, { arbitrary: odd, weight: 1 }),
      headers: named("header"),
      body: bodiesOf(root, operation, found),
    })
    .map(
      ({ pathParams, pairs, odd, headers, body }): JudgedRequest => ({
        operation,
        pathParams: asTexts(pathParams),
        query: [...pairs, odd].filter((one) => one !== "").join("&"),
        headers: Object.fromEntries(Object.entries(headers).map(([name, text]) => [name.toLowerCase(), text])),
        headerLines: () => [],
        body,
      }),
    );
}

function bodiesOf(root: JsonObject, { body }: Operation, { operation }: FoundOperation) {
  const none = fc.constant<JudgedRequest["body"]>(undefined);
  if (body === undefined) return none;
  const content = asRecord(toOutline(root).document.resolve(operation["requestBody"])?.["content"]);
  const bodies = body.mediaTypes.map((mediaType) =>
    samplesOf(root, asRecord(content[mediaType])["schema"]).map((value) => ({ mediaType, value: value ?? {} })),
  );
  return fc.oneof({ arbitrary: fc.oneof(...bodies), weight: 9 }, { arbitrary: none, weight: 1 });
}

/** The generator leaves out names, and never has one without a value. */
function asTexts(named: { readonly [name: string]: string | undefined }): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(named).map(([name, text]) => [name, String(text)]));
}

function toText(value: unknown): string {
  if (Array.isArray(value)) return value.map(toText).join(",");
  return typeof value === "string" ? value.toWellFormed() : JSON.stringify(value ?? null);
}

function encode(text: string): string {
  return /^%/.test(text) ? text : encodeURIComponent(text);
}

async function expectSame(pair: Pair, request: JudgedRequest) {
  const [old, own] = [await byStages(pair.validator, request), await byJudge(pair.judge, request)];
  expect(own).toEqual(old);
  return own;
}

describe("the judge that is the validator", () => {
  it("judges generated requests as the stages do, and converts their values alike", async () => {
    for (const pair of [varied, builtIn]) {
      const found = new Map(pair.outline.operations.map((one) => [one.id, one]));
      let valid = 0;
      let all = 0;
      for (const operation of pair.operations) {
        const one = found.get(operation.id);
        if (one === undefined) throw new Error("Every operation stands in the outline.");
        const check = fc.asyncProperty(requestsFor(pair, one, operation), async (request) => {
          const judged = asRecord(await expectSame(pair, request));
          all++;
          if (judged["problem"] === undefined) valid++;
        });
        await fc.assert(check, { numRuns: pair === varied ? 400 : 40 });
      }
      // Otherwise one of two kinds would not be compared.
      expect(valid / all).toBeGreaterThan(0.1);
      expect(valid / all).toBeLessThan(0.95);
    }
  }, 120_000);
});
