import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { createCompiledJudge } from "../../../src/contract/judge/compiled-judge.ts";
import type { JudgedRequest } from "../../../src/contract/judge/judge.ts";
import { createReferenceJudge } from "../../support/judges/reference-judge.ts";
import { modelOf } from "../../support/model/models.ts";

type Sent = Partial<Pick<JudgedRequest, "pathParams" | "query" | "headers">> & { readonly body?: unknown };

/** What a judge says: the values that a handler gets, or that it does not admit the request, or that it fails. */
type Said = object | "refused" | "fails";

type Case = {
  /** As in docs/validator-differences.md. */
  readonly row: string;
  readonly parameters?: readonly object[];
  readonly body?: object;
  readonly schemas?: object;
  readonly sent: Sent;
  readonly compiled: Said;
  readonly validator: Said;
};

const word = { type: "string", maxLength: 9 };
const words = { type: "array", maxItems: 9, items: word };
const integer = { type: "integer", minimum: 0, maximum: 99 };
const point = { type: "object", properties: { x: integer, y: integer } };
const inPath = { name: "p", in: "path", required: true };
const inQuery = { name: "q", in: "query" };
const inHeader = { name: "X-H", in: "header" };

const CASES: readonly Case[] = [
  {
    row: "Lists in a path with `style: label` or `matrix`",
    parameters: [{ ...inPath, style: "label", schema: words }],
    sent: { pathParams: { p: ".a,b" } },
    compiled: { path: { p: ["a", "b"] } },
    validator: "refused",
  },
  {
    row: "Lists in a path with `style: label` or `matrix`",
    parameters: [{ ...inPath, style: "matrix", explode: true, schema: words }],
    sent: { pathParams: { p: ";p=a;p=b" } },
    compiled: { path: { p: ["a", "b"] } },
    validator: { path: { p: [";p=a;p=b"] } },
  },
  {
    row: "Texts in a path with `style: label` or `matrix`",
    parameters: [{ ...inPath, style: "label", schema: word }],
    sent: { pathParams: { p: ".a" } },
    compiled: { path: { p: "a" } },
    validator: { path: { p: ".a" } },
  },
  {
    row: "Objects in a path or a header",
    parameters: [{ ...inPath, schema: point }],
    sent: { pathParams: { p: "x,1,y,2" } },
    compiled: { path: { p: { x: 1, y: 2 } } },
    validator: "refused",
  },
  {
    row: "Objects in a path or a header",
    parameters: [{ ...inHeader, explode: true, schema: point }],
    sent: { headers: { "x-h": "x=1,y=2" } },
    compiled: { header: { "X-H": { x: 1, y: 2 } } },
    validator: "refused",
  },
  {
    row: "Lists in a header",
    parameters: [{ ...inHeader, schema: words }],
    sent: { headers: { "x-h": "a, b" } },
    compiled: { header: { "X-H": ["a", "b"] } },
    validator: { header: { "X-H": ["a", " b"] } },
  },
  {
    row: "JSON in a path or a header (`content`)",
    parameters: [{ ...inHeader, content: { "application/json": { schema: point } } }],
    sent: { headers: { "x-h": '{"x":1}' } },
    compiled: { header: { "X-H": { x: 1 } } },
    validator: "refused",
  },
  {
    row: "Types inside JSON parameters",
    parameters: [{ ...inQuery, content: { "application/json": { schema: point } } }],
    sent: { query: "q=%7B%22x%22:%221%22%7D" },
    compiled: "refused",
    validator: { query: { q: { x: 1 } } },
  },
  {
    row: "Lists in a query whose `type` is not `array` alone",
    parameters: [{ ...inQuery, schema: { ...words, type: ["array", "null"] } }],
    sent: { query: "q=a" },
    compiled: { query: { q: ["a"] } },
    validator: "refused",
  },
  {
    row: "Objects with `spaceDelimited` or `pipeDelimited`",
    parameters: [{ ...inQuery, style: "spaceDelimited", explode: false, schema: point }],
    sent: { query: "q=x%201" },
    compiled: { query: { q: { x: 1 } } },
    validator: "refused",
  },
  {
    row: "Objects with `explode: false` and a brace in a value",
    parameters: [{ ...inQuery, explode: false, schema: { type: "object", properties: { a: word } } }],
    sent: { query: "q=a,x%7By" },
    compiled: { query: { q: { a: "x{y" } } },
    validator: "refused",
  },
  {
    row: "Encoded commas in lists with `explode: false`",
    parameters: [{ ...inQuery, explode: false, schema: words }],
    sent: { query: "q=a%2Cb" },
    compiled: "refused",
    validator: { query: { q: ["a", "b"] } },
  },
  {
    row: "Texts where an object may be",
    parameters: [{ ...inQuery, schema: { anyOf: [word, point] } }],
    sent: { query: "q=1.0" },
    compiled: "refused",
    validator: { query: { q: "1" } },
  },
  {
    row: "An absent object with `style: deepObject`",
    parameters: [{ ...inQuery, style: "deepObject", schema: { ...point, required: ["x"] } }],
    sent: {},
    compiled: { query: {} },
    validator: "refused",
  },
  {
    row: "An absent object with `style: deepObject`",
    parameters: [{ ...inQuery, required: true, style: "deepObject", schema: point }],
    sent: {},
    compiled: "refused",
    validator: { query: { q: {} } },
  },
  {
    row: "An absent parameter that is required and has a default",
    parameters: [{ ...inQuery, required: true, schema: { ...integer, default: 1 } }],
    sent: {},
    compiled: "refused",
    validator: { query: { q: 1 } },
  },
  {
    row: "Unknown parameters beside an open object",
    parameters: [{ ...inQuery, style: "deepObject", schema: { type: "object", additionalProperties: word } }],
    sent: { query: "surplus=1" },
    compiled: "refused",
    validator: { query: { surplus: "1" } },
  },
  {
    row: "The header parameters Accept, Content-Type and Authorization",
    parameters: [{ name: "Accept", in: "header", required: true, schema: { enum: ["text/csv"] } }],
    sent: { headers: { accept: "*/*" } },
    compiled: { header: {} },
    validator: "refused",
  },
  {
    row: "Cookies",
    parameters: [{ name: "c", in: "cookie", required: true, schema: word }],
    sent: {},
    compiled: "refused",
    validator: {},
  },
  {
    row: "Cookies",
    parameters: [{ name: "c", in: "cookie", explode: false, schema: words }],
    sent: { headers: { cookie: "c=a,b" } },
    compiled: { cookie: { c: ["a", "b"] } },
    validator: {},
  },
  {
    row: "Keywords beside the `$ref` of a parameter's or a body's schema",
    parameters: [{ ...inQuery, schema: { $ref: "#/components/schemas/Word", maxLength: 2 } }],
    schemas: { Word: word },
    sent: { query: "q=abc" },
    compiled: "refused",
    validator: { query: { q: "abc" } },
  },
  {
    row: "Alternatives with a discriminator, from the second",
    body: { $ref: "#/components/schemas/Animal" },
    schemas: {
      Animal: {
        oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }],
        discriminator: { propertyName: "kind" },
      },
      Cat: { type: "object", properties: { kind: { const: "Cat" } } },
      Dog: { type: "object", properties: { kind: { const: "Dog" } } },
    },
    sent: { body: { kind: "Dog" } },
    compiled: { body: { kind: "Dog" } },
    validator: "refused",
  },
  {
    row: "Discriminator mappings to the name of a schema",
    body: {
      oneOf: [{ $ref: "#/components/schemas/Cat" }],
      discriminator: { propertyName: "kind", mapping: { cat: "Cat" } },
    },
    schemas: { Cat: { type: "object", properties: { kind: word } } },
    sent: { body: { kind: "cat" } },
    compiled: { body: { kind: "cat" } },
    validator: "refused",
  },
  {
    row: "Read-only properties with a default",
    body: { type: "object", properties: { id: { type: "integer", readOnly: true, default: 1 } } },
    sent: { body: {} },
    compiled: { body: {} },
    validator: "refused",
  },
  {
    row: "Required read-only properties beside `allOf`",
    body: { type: "object", required: ["id"], properties: { id: { type: "integer", readOnly: true } }, allOf: [{}] },
    sent: { body: {} },
    compiled: { body: {} },
    validator: "refused",
  },
];

const REPLY_ROW = "Replies with closed alternatives";

const closed = (...names: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, word])),
});

describe("where the validator departs from OpenAPI or JSON Schema", () => {
  it.each(CASES)("$row: the compiled judge follows the specification", async (one) => {
    const { compiled, validator } = await judgedByBoth(one);
    expect({ compiled, validator }).toEqual({ compiled: said(one.compiled), validator: said(one.validator) });
  });

  it(`${REPLY_ROW}: the compiled judge follows the specification`, async () => {
    const reply = { anyOf: [closed("a"), closed("a", "b")] };
    const contract = contractOf({ reply });
    const [operation] = contract.operations;
    if (operation === undefined) throw new Error("The contract has one operation.");
    const sent = { operation, status: 200, mediaType: "application/json", body: { a: "x", b: "y" } };
    expect(createCompiledJudge(contract).isValidReply(sent)).toBe(true);
    expect(await (await createReferenceJudge(contract)).prune(sent)).toEqual({ a: "x" });
  });

  it("has a row in docs/validator-differences.md for each case", () => {
    const page = readFileSync(new URL("../../../docs/validator-differences.md", import.meta.url), "utf8");
    const rows = page.split("\n").flatMap((line) => /^\| (.*?) \|/.exec(line)?.[1] ?? []);
    expect(new Set(rows.slice(2))).toEqual(new Set([...CASES.map(({ row }) => row), REPLY_ROW]));
  });
});

/** With the places that a case does not name. */
function said(expected: Said) {
  return typeof expected === "string" ? expected : expect.objectContaining(expected);
}

type Declared = Pick<Case, "parameters" | "body" | "schemas"> & { readonly reply?: object };

function contractOf({ parameters, body, schemas = {}, reply }: Declared) {
  const isPath = parameters?.some((one) => "in" in one && one.in === "path");
  const json = (schema: object) => ({ "application/json": { schema } });
  const operation = {
    operationId: "getA",
    security: [],
    ...(parameters && { parameters }),
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: { "200": { description: "Done.", ...(reply && { content: json(reply) }) } },
  };
  const document = {
    openapi: "3.1.1",
    info: { title: "One difference", version: "1.0.0" },
    servers: [{ url: "/" }],
    paths: { [isPath ? "/a/{p}" : "/a"]: { [body === undefined ? "get" : "post"]: operation } },
    components: { schemas },
  };
  return modelOf({ text: "", document });
}

async function judgedByBoth({ sent, ...declared }: Case) {
  const contract = contractOf(declared);
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error("The contract has one operation.");
  const { pathParams = {}, query = "", headers = {} } = sent;
  const judgedBody = sent.body === undefined ? undefined : { mediaType: "application/json", value: sent.body };
  const request = { operation, pathParams, query, headers, headerLines: () => [], body: judgedBody };
  const judgement = createCompiledJudge(contract).judgeRequest(request);
  const compiled = judgement === undefined ? "refused" : { ...judgement.parameters, body: judgement.body };
  const judged = await (await createReferenceJudge(contract)).judgeRequest(request);
  if (judged.kind !== "valid") return { compiled, validator: judged.kind === "invalid" ? "refused" : "fails" };
  return { compiled, validator: { ...judged.parameters, body: judged.body } };
}
