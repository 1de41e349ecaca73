import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { createResponseChecks } from "../../../src/contract/judge/response-check.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { operationsOf } from "../../support/model/models.ts";

const DOCUMENT = parse(`
openapi: 3.1.1
paths:
  /things/{id}~x:
    get:
      operationId: getThing
      security: []
      responses:
        '200': { $ref: '#/components/responses/Thing' }
        '204': { description: Nothing. }
        4XX: { description: No., content: { 'Application/Problem+JSON; charset=utf-8': { schema: { type: object } } } }
        default: { description: Text., content: { text/*: { schema: { type: string } }, application/json: {} } }
  /others:
    get:
      operationId: listOthers
      security: []
      responses: { '200': { description: Any., content: { '*/*': { schema: { type: [array, 'null'] } } } } }
  /typed:
    get:
      operationId: getTyped
      security: []
      responses:
        '200':
          description: Several types.
          content:
            application/json; v=1: { schema: { const: 1 } }
            application/json; v=2: { schema: { const: 2 } }
            application/vnd.a+json: { schema: { const: a } }
            application/*+json: { schema: { const: any } }
            text/json; charset=utf-8: { schema: { const: text } }
  /account:
    get:
      operationId: getAccount
      security: []
      responses: { '200': { description: An account., content: { application/json: { schema: { $ref: '#/components/schemas/Account' } } } } }
components:
  responses:
    Thing:
      description: A thing.
      content: { application/json: { schema: { $ref: '#/components/schemas/Thing' } } }
  schemas:
    Secret: { type: string, writeOnly: true }
    Account:
      type: object
      required: [name, password, pin]
      properties:
        name: { type: string }
        password: { type: string, writeOnly: true }
        pin: { $ref: '#/components/schemas/Secret' }
        wrapped: { allOf: [{ $ref: '#/components/schemas/Secret' }] }
        id: { type: string, readOnly: true }
    Thing:
      type: object
      additionalProperties: false
      required: [id]
      properties: { id: { type: string, format: uuid }, next: { $ref: '#/components/schemas/Thing' } }
`);
const CHECKS = createResponseChecks(toOutline(DOCUMENT), operationsOf(DOCUMENT));

function violations(id: string, status: number, contentType?: string, body = ""): readonly string[] {
  const verdict = CHECKS.get(id)?.(status, contentType);
  if (verdict?.kind === "violation") return [verdict.violation];
  return verdict?.kind === "json" ? verdict.check(Buffer.from(body, "latin1")) : [];
}

const ID = "0b6f1e0c-6f0e-4d6a-9c3e-2f1f7a1b2c3d";

describe("an answer that is as declared", () => {
  it.each([
    ["JSON", 200, "application/json; charset=utf-8", `{"id":"${ID}","next":{"id":"${ID}"}}`],
    ["one of a range of statuses, in any spelling of its type", 404, "application/problem+json", "{}"],
    ["text of a range of types", 500, "text/plain", "no JSON"],
    ["JSON without a schema", 500, "application/json", "["],
    ["what the client has already", 304, undefined, ""],
  ])("%s", (_, status, type, body) => {
    expect(violations("getThing", status, type, body)).toEqual([]);
  });

  it("characters and nesting that no request may have", () => {
    expect(violations("listOthers", 200, "application/json", String.raw`["\u0000 \ud800"]`)).toEqual([]);
    expect(violations("listOthers", 200, "application/json", "[".repeat(99) + "]".repeat(99))).toEqual([]);
  });

  it("null, where the schema allows it", () => {
    expect(violations("listOthers", 200, "application/json", "null")).toEqual([]);
  });
});

describe("an answer that is not as declared", () => {
  it.each([
    ["a missing field", 200, "application/json", "{}", "#/id must have required property 'id'"],
    ["a field too many", 200, "application/json", `{"id":"${ID}","x":1}`, "#/x must NOT have additional properties"],
    [
      "a field below a reference",
      200,
      "application/json",
      `{"id":"${ID}","next":{"id":"no"}}`,
      '#/next/id must match format "uuid"',
    ],
    ["half of it", 200, "application/json", '{"id":', "its body is not JSON"],
    ["bytes that are no UTF-8", 200, "application/json", '{"id":"\xff"}', "its body is not JSON"],
    ["a byte order mark", 200, "application/json", `\xef\xbb\xbf{"id":"${ID}"}`, "its body is not JSON"],
    [
      "a name twice, of which the last is as declared",
      200,
      "application/json",
      `{"id":{"passwordHash":"s3cret"},"id":"${ID}"}`,
      "an object in its body has a name twice",
    ],
    [
      "a name twice in two spellings",
      200,
      "application/json",
      `{"id":"${ID}","next":{"id":1,"i\\u0064":"${ID}"}}`,
      "an object in its body has a name twice",
    ],
    ["another type", 200, "text/html", "", "the media type text/html is not declared"],
    ["no type", 200, undefined, "", "it has no Content-Type"],
    ["a body where none is", 204, "application/json", "{}", "it has a body, but none is declared"],
    ["an error that is not an object", 404, "application/problem+json", "[]", "# must be object"],
  ])("%s", (_, status, type, body, violation) => {
    expect(violations("getThing", status, type, body)).toEqual([violation]);
  });

  it("an undeclared status", () => {
    expect(violations("listOthers", 201)).toEqual(["the status 201 is not declared"]);
  });

  it("is described by ten objections at most, and by no value of its own", () => {
    const found = violations("listOthers", 200, "application/json", '{"secret":"value"}');
    expect(found).toEqual(["# must be array,null"]);
    const many = JSON.stringify({
      id: ID,
      ...Object.fromEntries(Array.from({ length: 50 }, (_, at) => [`p${at}`, 1])),
    });
    expect(violations("getThing", 200, "application/json", many)).toHaveLength(10);
  });
});

describe("the schema of a response", () => {
  it.each([
    ["application/json; v=1", "1"],
    ["application/json;v=2; charset=UTF-8", "2"],
    ["application/vnd.a+json", '"a"'],
    ["application/hal+json", '"any"'],
    ["application/json; v=3", '"any"'],
    ["application/json", '"any"'],
    ["text/html", undefined],
    ["text/json", '"text"'],
    ["no type", undefined],
  ])("is that of the most specific media type: %s", (type, body) => {
    if (body === undefined)
      expect(violations("getTyped", 200, type)).toEqual([`the media type ${type} is not declared`]);
    else expect(violations("getTyped", 200, type, body)).toEqual([]);
    expect(violations("getTyped", 200, type, '"other"')).toHaveLength(1);
  });

  it("has write-only properties that need not be there if they are required, and must not be", () => {
    const of = (account: object) => violations("getAccount", 200, "application/json", JSON.stringify(account));
    expect(of({ name: "n", id: "1" })).toEqual([]);
    expect(of({ id: "1" })).toEqual(["#/name must have required property 'name'"]);
    for (const name of ["password", "pin", "wrapped"]) {
      expect(of({ name: "n", [name]: "s" })).toEqual([`#/${name} is write-only, and must not be in a response`]);
    }
  });
});

it("an answer without content must have no body", () => {
  expect(CHECKS.get("getThing")?.(204, undefined)).toEqual({ kind: "empty" });
});

it("a schema that is none stops the start", () => {
  const broken = structuredClone(DOCUMENT);
  broken.components.schemas.Thing.properties.id = { $ref: "#/components/schemas/Nowhere" };
  expect(() => createResponseChecks(toOutline(broken), operationsOf(broken))).toThrow(/Nowhere/);
});

it("only the wanted operations have a check", () => {
  expect(createResponseChecks(toOutline(DOCUMENT), []).size).toBe(0);
});

describe("a pattern beside a maxLength", () => {
  it("is not met by a text that is too long for it", () => {
    const schema = { type: "string", maxLength: 20, pattern: "^(a+)+$" };
    const content = { "application/json": { schema } };
    const document = {
      paths: {
        "/a": { get: { operationId: "getA", security: [], responses: { 200: { description: "A.", content } } } },
      },
    };
    const verdict = createResponseChecks(toOutline(document), operationsOf(document)).get("getA")?.(
      200,
      "application/json",
    );
    if (verdict?.kind !== "json") throw new Error("The answer is not looked into.");
    expect(verdict.check(Buffer.from(JSON.stringify(`${"a".repeat(60_000)}!`)))).toHaveLength(1);
    expect(verdict.check(Buffer.from('"b"'))).toHaveLength(1);
    expect(verdict.check(Buffer.from('"a"'))).toEqual([]);
  });
});
