import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../../src/contract/document/json.ts";
import { toOperations } from "../../../../src/contract/model/operations.ts";
import { toOutline } from "../../../../src/contract/model/outline.ts";
import { toReplyDocument, toRequestDocument } from "../../../../src/http/stages/validator/operation-document.ts";

const response = { description: "Fine." };

function documentOf(schema: JsonObject, more: JsonObject = {}, schemas: JsonObject = {}) {
  const content = { "application/json": { schema } };
  const post = { operationId: "send", requestBody: { content }, responses: { 200: response }, ...more };
  const outline = toOutline({
    openapi: "3.1.1",
    info: { title: "One", version: "1" },
    paths: { "/x": { post } },
    components: { schemas },
  });
  const [found] = outline.operations;
  const [operation] = toOperations(outline);
  if (found === undefined || operation === undefined) throw new Error("There is no operation.");
  return { outline, found, operation };
}

function schemasOf(schema: JsonObject, schemas: JsonObject, more: JsonObject = {}): unknown {
  const { outline, found, operation } = documentOf(schema, more, schemas);
  return toRequestDocument(outline, found, operation).document["components"];
}

describe("the document of one operation", () => {
  it("has the schemas that it refers to, and those that these refer to", () => {
    const schemas = { A: { items: { $ref: "#/components/schemas/B" } }, B: { type: "string" }, C: {} };
    expect(schemasOf({ $ref: "#/components/schemas/A" }, schemas)).toEqual({ schemas: { A: schemas.A, B: schemas.B } });
  });

  it("has an end where schemas refer to themselves", () => {
    const schemas = { A: { items: { $ref: "#/components/schemas/A" } } };
    expect(schemasOf({ $ref: "#/components/schemas/A" }, schemas)).toEqual({ schemas });
  });

  it("has objects in place of boolean schemas, and of enums without a value", () => {
    const never = { $ref: "#/components/schemas/Never" };
    const any = { $ref: "#/components/schemas/Any" };
    const none = { $ref: "#/components/schemas/None" };
    const schemas = { Any: true, Never: false, None: { type: "string", enum: [] } };
    expect(schemasOf({ properties: { never, any, none } }, schemas)).toEqual({
      schemas: { Any: {}, Never: { not: {} }, None: { type: "string", not: {} } },
    });
  });

  it("has schemas under a name of their own that stand elsewhere, each once", () => {
    const elsewhere = { $ref: "#/components/x-shared/S" };
    const schemas = { Moved0: { type: "integer" } };
    const { outline, found, operation } = documentOf({ properties: { a: elsewhere, b: elsewhere } }, {}, schemas);
    Object.assign(outline.document.root["components"] as JsonObject, { "x-shared": { S: { type: "number" } } });
    const { document } = toRequestDocument(outline, found, operation);
    expect(document["components"]).toEqual({ schemas: { _Moved0: { type: "number" } } });
    expect(JSON.stringify(document)).toContain('"$ref":"#/components/schemas/_Moved0"');
  });

  it("has the responses of one status", () => {
    const more = { responses: { 200: { ...response, content: { "application/json": {} }, links: {} }, 404: response } };
    const { outline, found } = documentOf({}, more);
    const responsesOf = (status: string | undefined) =>
      (toReplyDocument(outline, found, status)["paths"] as { "/": { post: JsonObject } })["/"].post["responses"];
    expect(responsesOf("200")).toEqual({ 200: { ...response, content: { "application/json": {} } } });
    expect(responsesOf("404")).toEqual({ 404: response });
    expect(responsesOf(undefined)).toEqual({});
  });
});
