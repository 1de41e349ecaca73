import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { createCompiledJudge } from "../../../src/contract/judge/compiled-judge.ts";
import { compileParameters } from "../../../src/contract/judge/parameters/compiled-parameters.ts";
import { createCompiledSchemas } from "../../../src/contract/judge/schemas/compiled-schemas.ts";
import { toOperations } from "../../../src/contract/model/operations.ts";
import { compileAll } from "../../support/judges/compile-all.ts";
import { modelOf } from "../../support/model/models.ts";
import { runs } from "../../support/runs.ts";

const JSON_TYPE = "application/json";

const word = { type: "string", maxLength: 9 };
const closed = (...names: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, word])),
});

type Declared = {
  readonly parameters?: readonly object[];
  /** Of the body, by media type: media type objects. */
  readonly body?: object;
  /** Of the response with status 200. */
  readonly reply?: object;
  readonly schemas?: object;
};

function contractOf({ parameters = [], body, reply, schemas = {} }: Declared) {
  const content = reply && { [JSON_TYPE]: { schema: reply } };
  const operation = {
    operationId: "doIt",
    security: [],
    parameters,
    ...(body && { requestBody: { required: true, content: body } }),
    responses: { "200": { description: "Done.", ...(content && { content }) } },
  };
  const document = {
    openapi: "3.1.1",
    info: { title: "One operation", version: "1.0.0" },
    paths: { "/it": { post: operation } },
    components: { schemas },
  };
  return modelOf({ text: "", document });
}

function judgeOf(declared: Declared) {
  const contract = contractOf(declared);
  const judge = createCompiledJudge(contract);
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error("The contract has one operation.");
  const request = { operation, pathParams: {}, query: "", headers: {}, headerLines: () => [], body: undefined };
  return {
    query: (query: string) => judge.judgeRequest({ ...request, query })?.parameters.query,
    body: (value: unknown, mediaType = JSON_TYPE) =>
      judge.judgeRequest({ ...request, body: { mediaType, value } })?.body,
    isValidReply: (body: unknown, status = 200) =>
      judge.isValidReply({ operation, status, mediaType: JSON_TYPE, body }),
  };
}

describe("the compiled judge, of a query", () => {
  const parameters = [
    { name: "q", in: "query", schema: word },
    { name: "n", in: "query", schema: { type: "integer" } },
    { name: "r", in: "query", schema: { type: "number" } },
    { name: "ids[]", in: "query", schema: { type: "array", items: { type: "integer" } } },
  ];
  const { query } = judgeOf({ parameters });

  it.each([
    ["a plain value", "q=a", { q: "a" }],
    ["percent-encoding", "q=a%20%C3%A9", { q: "a é" }],
    ["a plus for a space", "q=a+b", { q: "a b" }],
    ["an encoded plus", "q=a%2Bb", { q: "a+b" }],
    ["an equals sign in a value", "q=a=b", { q: "a=b" }],
    ["an encoded name", "%71=a", { q: "a" }],
    ["a name with encoded brackets", "ids%5B%5D=1&ids[]=2", { "ids[]": [1, 2] }],
    ["empty pairs", "&q=a&&", { q: "a" }],
    ["numbers", "n=-5&r=0.25", { n: -5, r: 0.25 }],
    ["an empty value", "q=", { q: "" }],
    ["an exponent", "r=1e-05", { r: 0.00001 }],
    ["a negative zero", "r=-0.0", { r: -0 }],
    ["more digits than a number holds", "n=12345678901234567890", { n: Number("12345678901234567890") }],
  ])("reads %s", (_case, text, values) => {
    expect(query(text)).toEqual(values);
  });

  it.each([
    ["an unknown parameter", "q=a&surplus=1"],
    ["a repeated parameter", "q=a&q=b"],
    ["a broken encoding", "q=%zz"],
    ["invalid UTF-8", "q=%ff"],
    ["a name of Object.prototype", "__proto__=1"],
    ["a hexadecimal number", "n=0x10"],
    ["a blank before a number", "n=+5"],
    ["a leading zero", "n=007"],
    ["an exponent of an integer", "n=1e1"],
    ["a number without an end", "r=1e999"],
    ["an empty number", "n="],
  ])("does not admit %s", (_case, text) => {
    expect(query(text)).toBeUndefined();
  });
});

describe("the compiled judge, of any text", () => {
  const contract = modelOf(loadDocument(new URL("rich.yaml", import.meta.url)));
  const judge = createCompiledJudge(contract);
  const parts = [
    "ids",
    "flat",
    "filter",
    "where",
    "either",
    "[",
    "]",
    "=",
    "&",
    "%",
    "%5B",
    "%7B",
    "+",
    ",",
    "{",
    '"',
    "}",
    "é",
  ];
  const texts = fc.array(fc.oneof(fc.constantFrom(...parts), fc.string({ maxLength: 4 })), { maxLength: 30 });

  it("never fails", () => {
    fc.assert(
      fc.property(fc.constantFrom(...contract.operations), texts, texts, (operation, query, other) => {
        const text = other.join("");
        const pathParams = { name: text, words: text, flag: text, itemId: text };
        const headers = { cookie: text, "x-numbers": text, "x-count": text };
        const request = {
          operation,
          pathParams,
          query: query.join(""),
          headers,
          headerLines: () => [],
          body: undefined,
        };
        expect(() => judge.judgeRequest(request)).not.toThrow();
      }),
      { numRuns: runs(2_000) },
    );
  });
});

describe("the judge of parameters", () => {
  it("has a reason for each refusal, whatever is sent", () => {
    const { outline } = modelOf(loadDocument(new URL("rich.yaml", import.meta.url)));
    const schemas = createCompiledSchemas(outline.document);
    const judges = new Map(
      outline.operations.map((found) => [found.id, compileParameters(outline.document, found, schemas)] as const),
    );
    const names = outline.operations.flatMap(({ parameters }) => parameters.map(({ parameter }) => parameter["name"]));
    const part = fc.constantFrom(
      ...new Set(names.map(String)),
      "a",
      "1",
      "[",
      "]",
      "=",
      "&",
      "%",
      ",",
      "{",
      "}",
      '"',
      "|",
      "é",
    );
    const text = fc.array(part, { maxLength: 12 }).map((parts) => parts.join(""));
    let refused = 0;
    fc.assert(
      fc.property(fc.constantFrom(...toOperations(outline)), text, text, (operation, query, other) => {
        const pathParams = { name: other, words: other, flag: other, itemId: other };
        const headers = { cookie: `session=${other}; theme=${other}`, "x-numbers": other, "x-count": other };
        const request = { operation, pathParams, query, headers, body: undefined };
        const judge = judges.get(operation.id);
        if (judge?.read(request) !== undefined) return;
        refused++;
        const { detail = "", parts = [] } = judge?.explain(request) ?? {};
        expect(detail).toMatch(/^The .*\.$/s);
        expect(parts.every(({ pointer }) => /^#\/(?:path|query|header|cookie)\//.test(pointer))).toBe(true);
        expect(parts.length).toBeGreaterThan(0);
      }),
      { numRuns: runs(3_000) },
    );
    expect(refused).toBeGreaterThan(runs(3_000) / 3);
  });
});

describe("the compiled judge, of a body", () => {
  it("adds defaults to a copy", () => {
    const schema = { type: "object", properties: { n: { type: "integer", default: 3 } } };
    const { body } = judgeOf({ body: { [JSON_TYPE]: { schema } } });
    const sent = {};
    expect(body(sent)).toEqual({ n: 3 });
    expect(sent).toEqual({});
  });

  it("does not convert types", () => {
    const { body } = judgeOf({
      body: { [JSON_TYPE]: { schema: { type: "object", properties: { n: { type: "integer" } } } } },
    });
    expect([body({ n: 1 }), body({ n: "1" })]).toEqual([{ n: 1 }, undefined]);
  });

  it("compiles references in circles", () => {
    const schemas = { Node: { ...closed(), properties: { next: { $ref: "#/components/schemas/Node" } } } };
    const { body } = judgeOf({ schemas, body: { [JSON_TYPE]: { schema: { $ref: "#/components/schemas/Node" } } } });
    expect([body({ next: { next: {} } }), body({ next: { x: 1 } })]).toEqual([{ next: { next: {} } }, undefined]);
  });

  it("does not admit read-only properties", () => {
    const schema = { type: "object", required: ["id"], properties: { id: { type: "integer", readOnly: true } } };
    const { body } = judgeOf({ body: { [JSON_TYPE]: { schema } } });
    expect([body({}), body({ id: 1 })]).toEqual([{}, undefined]);
  });

  it("compares no item of a long list with all others", () => {
    const { body } = judgeOf({ body: { [JSON_TYPE]: { schema: { type: "array", uniqueItems: true, items: {} } } } });
    // Five billion comparisons would take minutes.
    const numbers = Array.from({ length: 100_000 }, (_, index) => index);
    const objects = numbers.map((index) => ({ index, list: [index] }));
    expect([body(numbers), body(objects)].every((one) => one !== undefined)).toBe(true);
    expect([body([...numbers, 7]), body([...objects, { list: [7], index: 7 }])]).toEqual([undefined, undefined]);
  });

  it("selects the alternative that the discriminator names", () => {
    const schemas = { A: closed("kind", "a"), B: closed("kind") };
    const oneOf = [{ $ref: "#/components/schemas/A" }, { $ref: "#/components/schemas/B" }];
    const schema = { oneOf, discriminator: { propertyName: "kind", mapping: { a: "#/components/schemas/A" } } };
    const { body } = judgeOf({ schemas, body: { [JSON_TYPE]: { schema } } });
    const sent = [{ kind: "a", a: "x" }, { kind: "B" }, { kind: "a" }, { kind: "A", a: "x" }, { a: "x" }, [], null];
    expect(sent.map((one) => body(one) !== undefined)).toEqual([true, true, false, false, false, false, false]);
  });
});

describe("the compiled judge, of a reply", () => {
  it("admits what matches without anything undeclared", () => {
    const { isValidReply } = judgeOf({ reply: closed("a") });
    expect([
      isValidReply({ a: "x" }),
      isValidReply({ a: "x", b: "x" }),
      isValidReply({}),
      isValidReply({ a: "x" }, 201),
    ]).toEqual([true, false, false, false]);
  });

  it("adds no defaults", () => {
    const { isValidReply } = judgeOf({ reply: { type: "object", properties: { n: { type: "integer", default: 3 } } } });
    const kept = {};
    expect([isValidReply(kept), kept]).toEqual([true, {}]);
  });

  it("does not admit write-only properties", () => {
    const { isValidReply } = judgeOf({ reply: { type: "object", properties: { a: { ...word, writeOnly: true } } } });
    expect([isValidReply({}), isValidReply({ a: "x" })]).toEqual([true, false]);
  });

  it("admits one of several closed alternatives", () => {
    const { isValidReply } = judgeOf({ reply: { anyOf: [closed("a"), closed("a", "b")] } });
    expect([isValidReply({ a: "x", b: "x" }), isValidReply({ a: "x", c: "x" })]).toEqual([true, false]);
  });

  it.each([
    ["alternatives of which one is open", { anyOf: [closed("a"), { type: "object" }] }],
    [
      "alternatives with write-only properties",
      { anyOf: [{ type: "object", properties: { a: { writeOnly: true } } }] },
    ],
  ])("leaves %s to the validator", (_case, reply) => {
    expect(judgeOf({ reply }).isValidReply({ a: "x" })).toBe(false);
  });
});

describe("compiling everything", () => {
  it("lists what only the validator can judge, and why", () => {
    const contract = contractOf({
      parameters: [{ name: "q", in: "query", schema: { $dynamicRef: "#node" } }],
      body: { [JSON_TYPE]: { schema: { $ref: "other.yaml#/a" } } },
      reply: { $ref: "#/components/schemas/Missing" },
    });
    expect(compileAll(contract)).toEqual([
      { operationId: "doIt", part: "parameters", why: 'it refers to "#node"' },
      { operationId: "doIt", part: "body application/json", why: 'it refers to "other.yaml#/a"' },
      {
        operationId: "doIt",
        part: "response 200 application/json",
        why: "it refers to #/components/schemas/Missing, which leads nowhere",
      },
    ]);
  });

  it("lists nothing for a contract that compiles", () => {
    expect(compileAll(contractOf({ body: { [JSON_TYPE]: { schema: closed("a") } }, reply: closed("a") }))).toEqual([]);
  });
});
