import { describe, expect, it } from "@jest/globals";
import { createCompiledJudge } from "../../../../src/contract/judge/compiled-judge.ts";
import type { JudgedRequest } from "../../../../src/contract/judge/judge.ts";
import { createReferenceJudge } from "../../../support/judges/reference-judge.ts";
import { modelOf } from "../../../support/model/models.ts";

type Sent = Partial<Pick<JudgedRequest, "pathParams" | "encodedPathParams" | "query" | "headers">>;

/** The values that a handler gets, or what is wrong: where, and how it is said. */
type Expected = object | readonly [pointer: string, detail: string];

type Case = readonly [title: string, parameter: object | readonly object[], sent: Sent | string, expected: Expected];

const word = { type: "string", maxLength: 9 };
const words = { type: "array", maxItems: 9, items: word };
const integer = { type: "integer", minimum: 0, maximum: 99 };
const integers = { type: "array", maxItems: 9, items: integer };
const point = { type: "object", additionalProperties: false, properties: { x: integer, y: integer } };
const filter = {
  type: "object",
  additionalProperties: false,
  properties: {
    name: word,
    ids: integers,
    in: { type: "object", properties: { a: integer } },
    is: { type: "boolean" },
  },
};
const inPath = { name: "p", in: "path", required: true };
const inQuery = { name: "q", in: "query" };
const inHeader = { name: "X-H", in: "header" };
const inCookie = { name: "c", in: "cookie" };

const QUERY: readonly Case[] = [
  [
    "characters that a query may contain",
    { ...inQuery, schema: { type: "string" } },
    "q=:@*'()!,;$/?~",
    { q: ":@*'()!,;$/?~" },
  ],
  ["a plus as a space", { ...inQuery, schema: word }, "q=a+b", { q: "a b" }],
  ["an encoded plus as itself", { ...inQuery, schema: word }, "q=a%2Bb", { q: "a+b" }],
  [
    "an instant with colons",
    { ...inQuery, schema: { type: "string", format: "date-time" } },
    "q=2024-01-01T10:00:00Z",
    { q: "2024-01-01T10:00:00Z" },
  ],
  [
    "a number that is too large by less than a double shows",
    { ...inQuery, schema: { type: "number", maximum: 100 } },
    "q=100.000000000000000001",
    ["#/query/q", "must be <= 100"],
  ],
  [
    "a number that a double would round to an excluded one",
    { ...inQuery, schema: { type: "number", exclusiveMaximum: 1 } },
    "q=0.99999999999999999999",
    { q: 1 },
  ],
  [
    "an integer that no double holds",
    { ...inQuery, schema: { type: "integer", maximum: 9007199254740992 } },
    "q=9007199254740993",
    ["#/query/q", "must be <= 9007199254740992"],
  ],
  [
    "an integer that no double holds, within its bounds",
    { ...inQuery, schema: { type: "integer", maximum: 9007199254740996 } },
    "q=9007199254740993",
    { q: 9007199254740992 },
  ],
  [
    "a multiple in a list that no double holds",
    { ...inQuery, schema: { type: "array", items: { type: "number", multipleOf: 0.1 } } },
    "q=0.3&q=0.30000000000000000001",
    ["#/query/q/1", "must be multiple of 0.1"],
  ],
  [
    "a number in JSON that no double holds",
    {
      ...inQuery,
      content: { "application/json": { schema: { properties: { x: { type: "number", maximum: 100 } } } } },
    },
    'q={"x":100.000000000000000001}',
    ["#/query/q/x", "must be <= 100"],
  ],
  [
    "a number in an object that no double holds, with a default",
    {
      ...inQuery,
      style: "deepObject",
      schema: { type: "object", properties: { x: { type: "number", maximum: 1 }, y: { type: "integer", default: 7 } } },
    },
    "q[x]=0.99999999999999999999",
    { q: { x: 1, y: 7 } },
  ],
  [
    "a number with more digits than anyone calculates with",
    { ...inQuery, schema: { type: "number" } },
    `q=1.${"0".repeat(1_000)}1`,
    ["#/query/q", "must be a number in plain decimal digits"],
  ],
  [
    "digits that are no number",
    { ...inQuery, schema: { type: "string" } },
    "q=9007199254740993",
    { q: "9007199254740993" },
  ],
  ["text in UTF-8", { ...inQuery, schema: { ...word, maxLength: 1 } }, "q=%F0%9F%98%80", { q: "😀" }],
  [
    "an encoding that is broken",
    { ...inQuery, schema: word },
    "q=%zz",
    ["#/query/q", "is not percent-encoded UTF-8: write %25 for a percent sign"],
  ],
  [
    "bytes that are not UTF-8",
    { ...inQuery, schema: word },
    "q=%ff",
    ["#/query/q", "is not percent-encoded UTF-8: write %25 for a percent sign"],
  ],
  [
    "a name that is broken",
    { ...inQuery, schema: word },
    "%ff=1",
    ["#/query/%ff", "is not percent-encoded UTF-8: write %25 for a percent sign"],
  ],
  ["a scalar that comes twice", { ...inQuery, schema: word }, "q=a&q=b", ["#/query/q", "must be sent only once"]],
  [
    "a parameter that is not declared",
    { ...inQuery, schema: word },
    "other=1",
    ["#/query/other", "Unknown query parameter 'other'"],
  ],
  [
    "a required one that is missing",
    { ...inQuery, required: true, schema: word },
    "",
    ["#/query/q", "must have required property 'q'"],
  ],
  [
    "a required one with a default that is missing",
    { ...inQuery, required: true, schema: { ...integer, default: 1 } },
    "",
    ["#/query/q", "must have required property 'q'"],
  ],
  ["a default", { ...inQuery, schema: { ...integer, default: 1 } }, "", { q: 1 }],
  ["no default outside of its own schema", { ...inQuery, schema: { ...integer, default: 100 } }, "", {}],
  ["a value out of bounds", { ...inQuery, schema: integer }, "q=100", ["#/query/q", "must be <= 99"]],
  ["a text for a number", { ...inQuery, schema: integer }, "q=a", ["#/query/q", "must be integer"]],
  [
    "another spelling of a number",
    { ...inQuery, schema: integer },
    "q=0x10",
    ["#/query/q", "must be an integer in plain decimal digits"],
  ],
  [
    "one of several values",
    { ...inQuery, schema: { enum: ["a", "b"] } },
    "q=c",
    ["#/query/q", "must be equal to one of the allowed values: a, b"],
  ],
  ["numbers without a type", { ...inQuery, schema: { enum: [1, 2] } }, "q=2", { q: 2 }],
  ["a type after others", { ...inQuery, schema: { anyOf: [integer, word] } }, "q=0x10", { q: "0x10" }],
  ["the first type that fits", { ...inQuery, schema: { anyOf: [integer, word] } }, "q=10", { q: 10 }],
  ["a text before a number", { ...inQuery, schema: { type: ["integer", "string"] } }, "q=10", { q: "10" }],
  ["a text that stays one beside an object", { ...inQuery, schema: { anyOf: [word, point] } }, "q=1.0", { q: "1.0" }],
  [
    "keywords beside a reference",
    { ...inQuery, schema: { $ref: "#/components/schemas/Word", maxLength: 2 } },
    "q=abc",
    ["#/query/q", "must NOT have more than 2 characters"],
  ],
  ["an empty text", { ...inQuery, schema: word }, "q=", { q: "" }],
  [
    "an empty text that is too short",
    { ...inQuery, schema: { ...word, minLength: 1 } },
    "q=",
    ["#/query/q", "must NOT have fewer than 1 characters"],
  ],
  ["an empty value that means nothing", { ...inQuery, allowEmptyValue: true, schema: integer }, "q=", {}],
  ["a name without a value", { ...inQuery, allowEmptyValue: true, required: true, schema: integer }, "q", {}],
  [
    "names of prototypes",
    [
      { ...inQuery, name: "__proto__", schema: word },
      { ...inQuery, name: "constructor", schema: word },
    ],
    "__proto__=a&constructor=b",
    JSON.parse('{"__proto__":"a","constructor":"b"}'),
  ],

  ["a list that explodes", { ...inQuery, schema: integers }, "q=1&q=2", { q: [1, 2] }],
  ["a list of one", { ...inQuery, schema: { ...words, type: ["array", "null"] } }, "q=a", { q: ["a"] }],
  ["a wrong item", { ...inQuery, schema: integers }, "q=1&q=a", ["#/query/q/1", "must be integer"]],
  ["a list with commas", { ...inQuery, explode: false, schema: integers }, "q=1,2,3", { q: [1, 2, 3] }],
  [
    "a list with spaces",
    { ...inQuery, style: "spaceDelimited", explode: false, schema: integers },
    "q=1%202+3",
    { q: [1, 2, 3] },
  ],
  ["a list with pipes", { ...inQuery, style: "pipeDelimited", schema: integers }, "q=1|2%7C3", { q: [1, 2, 3] }],
  [
    "a list with pipes that explodes",
    { ...inQuery, style: "pipeDelimited", explode: true, schema: integers },
    "q=1&q=2",
    { q: [1, 2] },
  ],
  ["an encoded comma in an item", { ...inQuery, explode: false, schema: words }, "q=a%2Cb,c", { q: ["a,b", "c"] }],
  [
    "an item that is too long with its comma",
    { ...inQuery, explode: false, schema: words },
    "q=abcde%2Cfghij",
    ["#/query/q/0", "must NOT have more than 9 characters"],
  ],
  ["encoded commas between numbers", { ...inQuery, explode: false, schema: integers }, "q=1%2C2", { q: [1, 2] }],
  [
    "encoded commas between known words",
    { ...inQuery, explode: false, schema: { type: "array", items: { enum: ["a", "b"] } } },
    "q=a%2Cb",
    { q: ["a", "b"] },
  ],
  [
    "a list with commas that comes twice",
    { ...inQuery, explode: false, schema: integers },
    "q=1&q=2",
    ["#/query/q", "must be sent only once, as one text with all its items"],
  ],
  [
    "too many items",
    { ...inQuery, explode: false, schema: { ...integers, maxItems: 2 } },
    "q=1,2,3",
    ["#/query/q", "must NOT have more than 2 items"],
  ],
  [
    "a list of several types",
    { ...inQuery, explode: false, schema: { type: "array", items: { anyOf: [integer, { enum: ["all"] }] } } },
    "q=1,all",
    { q: [1, "all"] },
  ],

  [
    "a declared name with brackets",
    { ...inQuery, name: "ids[]", schema: integers },
    "ids[]=1&ids%5B%5D=2",
    { "ids[]": [1, 2] },
  ],
  [
    "a declared name with a word in brackets",
    { ...inQuery, name: "page[number]", schema: integer },
    "page[number]=2",
    { "page[number]": 2 },
  ],
  ["a list by a name with empty brackets", { ...inQuery, schema: integers }, "q[]=1&q[]=2", { q: [1, 2] }],
  ["a list by indices", { ...inQuery, schema: integers }, "q[0]=1&q[1]=2", { q: [1, 2] }],
  [
    "a deepObject",
    { ...inQuery, style: "deepObject", schema: filter },
    "q[name]=a&q[in][a]=5&q[is]=true",
    { q: { name: "a", in: { a: 5 }, is: true } },
  ],
  [
    "a list in a deepObject",
    { ...inQuery, style: "deepObject", schema: filter },
    "q[ids][]=1&q[ids][]=2",
    { q: { ids: [1, 2] } },
  ],
  [
    "a list of one in a deepObject",
    { ...inQuery, style: "deepObject", schema: filter },
    "q[ids]=1",
    { q: { ids: [1] } },
  ],
  [
    "a property that a deepObject does not have",
    { ...inQuery, style: "deepObject", schema: filter },
    "q[other]=1",
    ["#/query/q/other", "must NOT have additional properties"],
  ],
  [
    "a wrong property of a deepObject",
    { ...inQuery, style: "deepObject", schema: filter },
    "q[in][a]=x",
    ["#/query/q/in/a", "must be integer"],
  ],
  [
    "a property of every object",
    { ...inQuery, style: "deepObject", schema: filter },
    "q[__proto__]=1",
    ["#/query/q", "has invalid brackets after its name: write name[property] or name[], and each name once"],
  ],
  [
    "a deepObject written in two ways",
    { ...inQuery, style: "deepObject", schema: filter },
    "q={}&q[name]=a",
    ["#/query/q", "must be written in one way only"],
  ],
  [
    "a required deepObject that is missing",
    { ...inQuery, required: true, style: "deepObject", schema: point },
    "",
    ["#/query/q", "must have required property 'q'"],
  ],

  ["an object that explodes", { ...inQuery, schema: point }, "x=1&y=2", { q: { x: 1, y: 2 } }],
  [
    "an unknown name beside a closed object",
    { ...inQuery, schema: point },
    "x=1&z=2",
    ["#/query/z", "Unknown query parameter 'z'"],
  ],
  [
    "any name, with an open object",
    { ...inQuery, schema: { type: "object", additionalProperties: integer } },
    "a=1&b=2",
    { q: { a: 1, b: 2 } },
  ],
  [
    "a wrong value of an open object",
    { ...inQuery, schema: { type: "object", additionalProperties: integer } },
    "a=x",
    ["#/query/q/a", "must be integer"],
  ],
  ...[" max", "max[", "_method"].map(
    (name): Case => [
      `a name in which some programs read another one, with an open object: ${name}`,
      { ...inQuery, schema: { type: "object", properties: { max: { type: "integer", maximum: 5 } } } },
      `${encodeURIComponent(name)}=7`,
      [`#/query/${name}`, `Unknown query parameter '${name}'`],
    ],
  ),
  ["an object with commas", { ...inQuery, explode: false, schema: point }, "q=x,1,y,2", { q: { x: 1, y: 2 } }],
  [
    "an object with spaces",
    { ...inQuery, style: "spaceDelimited", explode: false, schema: point },
    "q=x%201",
    { q: { x: 1 } },
  ],
  [
    "a brace in a value",
    { ...inQuery, explode: false, schema: { type: "object", properties: { a: word } } },
    "q=a,x%7By",
    { q: { a: "x{y" } },
  ],
  [
    "a name without a value in an object",
    { ...inQuery, explode: false, schema: point },
    "q=x,1,y",
    ["#/query/q", "must be names and values in turn, such as a,1,b,2, and each name once"],
  ],
  ["an object as JSON", { ...inQuery, schema: point }, 'q={"x":1}', { q: { x: 1 } }],

  [
    "JSON content",
    { ...inQuery, content: { "application/json": { schema: point } } },
    "q=%7B%22x%22:1%7D",
    { q: { x: 1 } },
  ],
  [
    "types in JSON content",
    { ...inQuery, content: { "application/json": { schema: point } } },
    "q=%7B%22x%22:%221%22%7D",
    ["#/query/q/x", "must be integer"],
  ],
  [
    "JSON with a name twice",
    { ...inQuery, content: { "application/json": { schema: point } } },
    'q={"x":1,"x":2}',
    ["#/query/q", "must not have the same name twice in an object"],
  ],
  ["text content", { ...inQuery, content: { "text/plain": { schema: word } } }, "q=a", { q: "a" }],
];

const OTHERS: readonly Case[] = [
  ["path: a list", { ...inPath, schema: integers }, { pathParams: { p: "1,2" } }, { path: { p: [1, 2] } }],
  [
    "path: a list with an encoded comma in an item",
    { ...inPath, schema: words },
    { pathParams: { p: "a,b,c d" }, encodedPathParams: { p: "a%2Cb,c%20d" } },
    { path: { p: ["a,b", "c d"] } },
  ],
  [
    "path: a list whose items cannot have a comma, encoded as a whole",
    { ...inPath, schema: integers },
    { pathParams: { p: "1,2" }, encodedPathParams: { p: "1%2C2" } },
    { path: { p: [1, 2] } },
  ],
  [
    "path: a list of labels with an encoded dot in an item",
    { ...inPath, style: "label", explode: true, schema: words },
    { pathParams: { p: ".a.b.c" }, encodedPathParams: { p: ".a%2Eb.c" } },
    { path: { p: ["a.b", "c"] } },
  ],
  [
    "path: a matrix with an encoded semicolon, and one with an encoded comma in an item",
    { ...inPath, style: "matrix", schema: words },
    { pathParams: { p: ";p=a,b,c" }, encodedPathParams: { p: ";p=a%2Cb,c" } },
    { path: { p: ["a,b", "c"] } },
  ],
  [
    "path: a matrix whose name is encoded",
    { ...inPath, style: "matrix", schema: words },
    { pathParams: { p: ";p=a,b" }, encodedPathParams: { p: "%3Bp=a,b" } },
    { path: { p: ["a", "b"] } },
  ],
  [
    "path: a text with a percent sign, not decoded twice",
    { ...inPath, schema: word },
    { pathParams: { p: "%41" }, encodedPathParams: { p: "%2541" } },
    { path: { p: "%41" } },
  ],
  [
    "path: an object with an encoded equals sign in a value",
    { ...inPath, explode: true, schema: { type: "object", properties: { x: word }, additionalProperties: false } },
    { pathParams: { p: "x=a=b,c" }, encodedPathParams: { p: "x=a%3Db%2Cc" } },
    { path: { p: { x: "a=b,c" } } },
  ],
  ["path: a label", { ...inPath, style: "label", schema: word }, { pathParams: { p: ".a" } }, { path: { p: "a" } }],
  [
    "path: a list of labels",
    { ...inPath, style: "label", explode: true, schema: words },
    { pathParams: { p: ".a.b" } },
    { path: { p: ["a", "b"] } },
  ],
  [
    "path: a label without its dot",
    { ...inPath, style: "label", schema: word },
    { pathParams: { p: "a" } },
    ["#/path/p", "must begin with ."],
  ],
  [
    "path: a matrix",
    { ...inPath, style: "matrix", explode: true, schema: words },
    { pathParams: { p: ";p=a;p=b" } },
    { path: { p: ["a", "b"] } },
  ],
  ["path: an object", { ...inPath, schema: point }, { pathParams: { p: "x,1,y,2" } }, { path: { p: { x: 1, y: 2 } } }],
  [
    "header: a list, with blanks",
    { ...inHeader, schema: words },
    { headers: { "x-h": "a, b" } },
    { header: { "X-H": ["a", "b"] } },
  ],
  [
    "header: an object",
    { ...inHeader, explode: true, schema: point },
    { headers: { "x-h": "x=1,y=2" } },
    { header: { "X-H": { x: 1, y: 2 } } },
  ],
  [
    "header: JSON",
    { ...inHeader, content: { "application/json": { schema: point } } },
    { headers: { "x-h": '{"x":1}' } },
    { header: { "X-H": { x: 1 } } },
  ],
  [
    "header: a wrong value",
    { ...inHeader, schema: integer },
    { headers: { "x-h": "a" } },
    ["#/header/x-h", "must be integer"],
  ],
  [
    "header: Accept, which is ignored",
    { name: "Accept", in: "header", required: true, schema: { enum: ["text/csv"] } },
    { headers: { accept: "*/*" } },
    { header: {} },
  ],
  [
    "header: Content-Type, which is ignored",
    { name: "Content-Type", in: "header", required: true, schema: word },
    {},
    { header: {} },
  ],
  [
    "header: Authorization, which is ignored",
    { name: "authorization", in: "header", required: true, schema: word },
    {},
    { header: {} },
  ],
  ["cookie: a text", { ...inCookie, schema: word }, { headers: { cookie: "b=1; c=a%20b" } }, { cookie: { c: "a b" } }],
  [
    "cookie: a percent sign that encodes nothing",
    { ...inCookie, schema: word },
    { headers: { cookie: "c=100%" } },
    { cookie: { c: "100%" } },
  ],
  [
    "cookie: a list",
    { ...inCookie, explode: false, schema: integers },
    { headers: { cookie: "c=1,2" } },
    { cookie: { c: [1, 2] } },
  ],
  [
    "cookie: a list with an encoded comma in an item",
    { ...inCookie, explode: false, schema: words },
    { headers: { cookie: "c=a%2Cb,c" } },
    { cookie: { c: ["a,b", "c"] } },
  ],
  [
    "cookie: a list whose items cannot have a comma, encoded as a whole",
    { ...inCookie, explode: false, schema: integers },
    { headers: { cookie: "c=1%2C2" } },
    { cookie: { c: [1, 2] } },
  ],
  [
    "cookie: a list that explodes",
    { ...inCookie, schema: integers },
    { headers: { cookie: "c=1&c=2" } },
    { cookie: { c: [1, 2] } },
  ],
  [
    "cookie: a required one that is missing",
    { ...inCookie, required: true, schema: word },
    {},
    ["#/cookie/c", "must have required property 'c'"],
  ],
  [
    "cookie: one that comes twice",
    { ...inCookie, schema: word },
    { headers: { cookie: "c=1; c=2" } },
    ["#/cookie/c", "must be sent only once"],
  ],
];

const CASES: readonly Case[] = [
  ...QUERY.map(([title, parameter, sent, expected]): Case => {
    const value = Array.isArray(expected) ? expected : { query: expected };
    return [title, parameter, typeof sent === "string" ? { query: sent } : sent, value];
  }),
  ...OTHERS,
];

describe("parameters are read as OpenAPI and RFC 3986 say", () => {
  it.each(CASES)("%s", async (_title, parameter, sent, expected) => {
    const contract = contractOf([parameter].flat());
    const [operation] = contract.operations;
    if (operation === undefined || typeof sent === "string") throw new Error("The contract has one operation.");
    const request: JudgedRequest = { operation, pathParams: {}, query: "", headers: {}, body: undefined, ...sent };
    const compiled = createCompiledJudge(contract).judgeRequest(request);
    const judgement = await (await createReferenceJudge(contract)).judgeRequest(request);
    if (Array.isArray(expected)) {
      const [pointer, detail] = expected;
      expect(judgement).toMatchObject({ kind: "invalid", parts: [{ pointer, detail }] });
      expect(compiled).toBeUndefined();
    } else {
      expect(judgement).toMatchObject({ kind: "valid", parameters: expected });
      expect(compiled).toEqual(judgement);
    }
  });
});

function contractOf(parameters: readonly object[]) {
  const isPath = parameters.some((one) => "in" in one && one.in === "path");
  const operation = { operationId: "getA", security: [], parameters, responses: { "200": { description: "Done." } } };
  const document = {
    openapi: "3.1.1",
    info: { title: "One operation", version: "1.0.0" },
    servers: [{ url: "/" }],
    paths: { [isPath ? "/a/{p}" : "/a"]: { get: operation } },
    components: { schemas: { Word: word } },
  };
  return modelOf({ text: "", document });
}
