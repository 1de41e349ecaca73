import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { asList, asRecord, type JsonObject } from "../../../../src/contract/document/json.ts";
import { loadDocument } from "../../../../src/contract/document/load.ts";
import type { Judge, JudgedRequest } from "../../../../src/contract/judge/judge.ts";
import { type Operation, toOperations } from "../../../../src/contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../../../src/contract/model/outline.ts";
import { toInvalidRequest } from "../../../../src/http/stages/validator/invalid-request.ts";
import { createValidatorJudge } from "../../../../src/http/stages/validator/validator-judge.ts";
import { DOCUMENT } from "../../../support/model/declared.ts";
import { judgedRequests } from "../../../support/model/judged-requests.ts";
import { aStockRequest, createStockValidator, type StockValidator } from "../../../support/model/stock-validator.ts";
import { runs } from "../../../support/runs.ts";

const VARIED = loadDocument(fileURLToPath(new URL("varied.yaml", import.meta.url))).document;

type Judged = {
  readonly outline: Outline;
  readonly operations: readonly Operation[];
  readonly judge: Judge;
  readonly stock: StockValidator;
};

async function judgedContract(document: JsonObject): Promise<Judged> {
  const outline = toOutline(document);
  const operations = toOperations(outline);
  const judge = await createValidatorJudge({ outline, operations, schemes: outline.keySchemes });
  return { outline, operations, judge, stock: createStockValidator(document) };
}

let varied: Judged;
let builtIn: Judged;

beforeAll(async () => {
  [varied, builtIn] = [await judgedContract(VARIED), await judgedContract(DOCUMENT)];
}, 60_000);

function operationOf({ operations }: Judged, id: string): Operation {
  const found = operations.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no operation ${id}.`);
  return found;
}

function foundOf({ outline }: Judged, id: string): FoundOperation {
  const found = outline.operations.find((one) => one.id === id);
  if (found === undefined) throw new Error(`There is no operation ${id}.`);
  return found;
}

function aRequest(id: string, differences: Partial<JudgedRequest> = {}): JudgedRequest {
  const operation = operationOf(varied, id);
  return { operation, pathParams: {}, query: "", headers: {}, body: undefined, ...differences };
}

/** Judges may add defaults to the body. */
function withOwnBody(request: JudgedRequest): JudgedRequest {
  return { ...request, body: structuredClone(request.body) };
}

async function judged(judge: Judge, request: JudgedRequest): Promise<unknown> {
  const judgement = await judge.judgeRequest(withOwnBody(request));
  if (judgement.kind === "invalid") return judgement;
  const { path, query, header } = judgement.parameters;
  return { path, query: { ...query }, header, body: judgement.body };
}

/** The same from the validator as its package offers it. */
async function judgedByStock({ stock }: Judged, { operation, ...request }: JudgedRequest): Promise<unknown> {
  const path = operation.path.replaceAll(/\{([^}]+)\}/g, (_, name) =>
    encodeURIComponent(request.pathParams[name] ?? ""),
  );
  const query = Object.create(null);
  for (const [name, value] of new URLSearchParams(request.query)) {
    query[name] = query[name] === undefined ? value : [query[name], value].flat();
  }
  const { body } = request;
  const headers = { ...request.headers, ...(body && { "content-type": body.mediaType }) };
  const sent = { path, query, headers, body: structuredClone(body?.value) };
  const outcome = await stock.validate(operation, aStockRequest(operation, sent));
  if ("error" in outcome) return toInvalidRequest(outcome.error) ?? outcome;
  const { req } = outcome;
  const header = Object.fromEntries(operation.headerParameters.map((name) => [name, req.headers[name.toLowerCase()]]));
  return { path: req.openapi?.pathParams, query: { ...req.query }, header, body: req.body };
}

/** What the validator says about parameters: this service decides about them itself. */
function isAboutParameter(judgement: JsonObject): boolean {
  return asList(judgement["parts"]).some((part) => /^#\/(?:path|query|header)/.test(String(asRecord(part)["pointer"])));
}

describe("the judge that is the validator", () => {
  it("judges generated requests, and converts their values, as the whole middleware does", async () => {
    for (const contract of [varied, builtIn]) {
      const count = { all: 0, valid: 0, own: 0 };
      for (const operation of contract.operations) {
        const requests = judgedRequests(contract.outline, foundOf(contract, operation.id), operation);
        const isSame = fc.asyncProperty(requests, async (request) => {
          // Requests without a value in their path match no operation.
          fc.pre(Object.values(request.pathParams).every((value) => value !== ""));
          const own = asRecord(await judged(contract.judge, request));
          count.all++;
          if (own["kind"] === undefined) count.valid++;
          const stock = asRecord(await judgedByStock(contract, request));
          if (isAboutParameter(own) || isAboutParameter(stock)) count.own++;
          else expect(own).toEqual(stock);
        });
        await fc.assert(isSame, { numRuns: runs(contract === varied ? 300 : 30) });
      }
      // Otherwise some kind of request would not be compared.
      expect(count.valid / count.all).toBeGreaterThan(0.1);
      expect(count.own / count.all).toBeLessThan(0.75);
    }
  }, 120_000);

  it.each([
    ["search", "filter[name]=a&filter[count]=2", { filter: { name: "a", count: 2 } }],
    ["search", "ids[]=1&ids[]=2", { ids: [1, 2] }],
    ["search", "ids=1,2", { ids: [1, 2] }],
    ["search", "pipes=a%7Cb", { pipes: ["a", "b"] }],
    ["search", "tags=a&tags=c%20d", { tags: ["a", "c d"] }],
    ["search", "list[]=a&list[]=b&at[here]=5", { "list[]": ["a", "b"], "at[here]": 5 }],
    ["search", 'json={"weight":1}', { json: { weight: 1, size: 2 } }],
    ["search", "least=1&most=9", { range: { least: 1, most: 9 } }],
  ])("reads the query of %s, %s", async (id, query, values) => {
    expect(await judged(varied.judge, aRequest(id, { query }))).toMatchObject({ query: values });
  });

  it.each([
    ["search", "ids=0x10", "The parameter ids must be an integer in plain decimal digits.", "#/query/ids"],
    [
      "search",
      'json={"weight":1,"weight":2}',
      "The parameter json must not have the same name twice in an object.",
      "#/query/json",
    ],
    [
      "search",
      "filter[",
      "The parameter filter has invalid brackets after its name: write name[property] or name[], and each name once.",
      "#/query/filter",
    ],
    ["search", "ids[a]=1", "The request does not match the contract: must be array.", "#/query/ids"],
    [
      "search",
      "elsewhere=AB",
      'The request does not match the contract: must match pattern "^[a-z]+$".',
      "#/query/elsewhere",
    ],
    [
      "getOpen",
      "unknown=1",
      "The request does not match the contract: Unknown query parameter 'unknown'.",
      "#/query/unknown",
    ],
    ["getOpen", "%C3%A9=1", "The request does not match the contract: Unknown query parameter '?'.", "#/query/?"],
  ])("refuses for %s ?%s, and names the place", async (id, query, detail, pointer) => {
    const judgement = await judged(varied.judge, aRequest(id, { query }));
    expect(judgement).toMatchObject({ kind: "invalid", detail, parts: [{ pointer }] });
  });

  it("names the whole body where its discriminator is wrong", async () => {
    const body = { mediaType: "application/json", value: { kind: "cow" } };
    const judgement = await judged(varied.judge, aRequest("putPet", { body }));
    expect(judgement).toMatchObject({ kind: "invalid", parts: [{ pointer: "#" }] });
  });

  it("calls headers as the contract does, and adds their defaults", async () => {
    const request = aRequest("getThing", {
      pathParams: { thingId: "7", names: "a,b" },
      headers: { "x-count": "3", "x-other": "ignored" },
    });
    expect(await judged(varied.judge, request)).toEqual({
      path: { thingId: 7, names: ["a", "b"] },
      query: { limit: 20, isOpen: false },
      header: { "X-Count": 3, "X-Level": "low" },
      body: undefined,
    });
  });

  it("judges the parameters alone where the body is not here", async () => {
    expect(await judged(varied.judge, aRequest("addThing", { query: "isDraft=true" }))).toMatchObject({
      query: { isDraft: true },
    });
    expect(await judged(varied.judge, aRequest("addThing", { query: "isDraft=1" }))).toMatchObject({ kind: "invalid" });
  });

  it("judges lists that may be shorter than their prefixItems", async () => {
    const document = structuredClone(VARIED) as { components: { schemas: Record<string, unknown> } };
    document.components.schemas["Part"] = { type: "array", maxItems: 2, prefixItems: [{ type: "integer" }] };
    const { judge, operations } = await judgedContract(document);
    const operation = operations.find(({ id }) => id === "putPet");
    if (operation === undefined) throw new Error("The contract has this operation.");
    const bodyOf = (value: unknown) => ({ mediaType: "application/merge-patch+json", value });
    const request = (value: unknown) => aRequest("putPet", { operation, body: bodyOf(value) });
    expect(await judged(judge, request([1]))).toMatchObject({ body: [1] });
    expect(await judged(judge, request(["a"]))).toMatchObject({ kind: "invalid" });
  });

  it("changes nothing of a request but the body", async () => {
    const request = aRequest("getThing", { pathParams: { thingId: "7", names: "a" }, headers: { "x-count": "3" } });
    await varied.judge.judgeRequest(request);
    expect(request).toMatchObject({ pathParams: { thingId: "7", names: "a" }, headers: { "x-count": "3" } });
  });

  it("fails for a media type that the operation does not declare: what it compiles for one is kept", async () => {
    const body = { mediaType: "application/json; version=1", value: {} };
    await expect(judged(varied.judge, aRequest("putPet", { body }))).rejects.toThrow("media type");
    const onNone = { ...body, mediaType: "application/json" };
    await expect(judged(varied.judge, aRequest("search", { body: onNone }))).rejects.toThrow("media type");
  });

  it("fails for an operation that the contract does not have", async () => {
    const operation = { ...operationOf(varied, "search"), id: "other" };
    await expect(judged(varied.judge, aRequest("search", { operation }))).rejects.toThrow("no operation other");
  });

  it("decides at once when an operation is compiled", async () => {
    await varied.judge.judgeRequest(aRequest("getOpen"));
    expect(varied.judge.judgeRequest(aRequest("getOpen"))).toMatchObject({ kind: "valid" });
  });

  it("fails for each request with a schema that cannot be compiled, and judges other operations", async () => {
    const broken = structuredClone(VARIED) as { components: { schemas: Record<string, unknown> } };
    broken.components.schemas["Cat"] = { type: "nonsense" };
    const { judge, operations } = await judgedContract(broken);
    const [putPet, getOpen] = ["putPet", "getOpen"].map((id) => operations.find((one) => one.id === id) as Operation);
    const body = { mediaType: "application/json", value: { kind: "cat" } };
    for (const _ of [1, 2])
      await expect(judged(judge, aRequest("putPet", { operation: putPet as Operation, body }))).rejects.toThrow(
        "nonsense",
      );
    expect(await judge.judgeRequest(aRequest("getOpen", { operation: getOpen as Operation }))).toMatchObject({
      kind: "valid",
    });
  });
});

describe("the judge of replies", () => {
  const replyWith = async (id: string, status: number, body: unknown, mediaType = "application/json") =>
    varied.judge.judgeReply({ operation: operationOf(varied, id), status, mediaType, body });
  const THING = { id: 1, kind: "book", at: "2026-11-25T12:00:00Z", notes: { free: "x" }, part: { weight: 1 } };

  it("removes undeclared fields and those that are only written, and keeps maps with free names", async () => {
    const body = { ...THING, hash: "x", secret: "s", part: { weight: 1, hash: "x" } };
    expect(await replyWith("search", 200, body)).toEqual({ body: THING });
  });

  it("decides as the whole middleware does", async () => {
    const replies: readonly (readonly [string, number, unknown])[] = [
      ["search", 200, { ...THING, hash: "x" }],
      ["search", 200, { ...THING, at: "yesterday" }],
      ["search", 200, { ...THING, at: new Date(0) }],
      ["search", 200, {}],
      ["search", 200, undefined],
      ["search", 404, {}],
      ["search", 503, { anything: 1 }],
      ["getThing", 204, undefined],
      ["getThing", 302, { a: 1 }],
      ["addThing", 201, THING],
      ["addThing", 204, undefined],
      ["addThing", 204, {}],
      ["addThing", 404, { a: 1 }],
      ["putPet", 200, { part: { weight: 2, x: 1 }, y: 2 }],
      ["putPet", 200, { part: { weight: "2" } }],
    ];
    for (const [id, status, body] of replies) {
      const own = await replyWith(id, status, structuredClone(body)).catch((error: Error) => ({
        error: error.message,
      }));
      const stock = await varied.stock.reply(operationOf(varied, id), status, structuredClone(body));
      const expected = "error" in stock ? { error: (stock.error as Error).message } : stock;
      expect({ id, status, ...own }).toEqual({ id, status, ...expected });
    }
  });

  it("passes texts and bytes of other media types on", async () => {
    for (const body of ["Info data", new Uint8Array([1])])
      expect(await replyWith("getOpen", 200, body, "text/plain")).toMatchObject({ body });
  });
});
