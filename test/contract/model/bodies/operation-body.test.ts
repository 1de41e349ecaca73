import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../../src/contract/document/json.ts";
import { parseMediaType } from "../../../../src/contract/model/bodies/media-types.ts";
import { findBodyMedia, type OperationBody } from "../../../../src/contract/model/bodies/operation-body.ts";
import { operationsOf } from "../../../support/model/models.ts";

function bodyOf(content: JsonObject, operation: JsonObject = {}, root: JsonObject = {}): OperationBody {
  const post = { operationId: "postX", requestBody: { content }, ...operation };
  const [found] = operationsOf({ ...root, paths: { "/x": { post } } });
  if (found?.body === undefined) throw new Error("There is no body.");
  return found.body;
}

function readingOf(content: JsonObject, sent: string, operation: JsonObject = {}): string | undefined {
  const type = parseMediaType(sent);
  return type && findBodyMedia(bodyOf(content, operation), type)?.reading;
}

const OBJECT = { schema: { type: "object" } };
const BYTES = { schema: { type: "string", format: "binary" } };

describe("a body", () => {
  it.each<[string, JsonObject, string, string | undefined]>([
    ["of JSON is read", { "application/json": OBJECT }, "application/json", "json"],
    ["of JSON is read in any case", { "Application/JSON; charset=UTF-8": OBJECT }, "application/JSON", "json"],
    ["of JSON without a schema is read", { "application/json": {} }, "application/json", "json"],
    ["of text/json is read", { "text/json": OBJECT }, "text/json", "json"],
    ["of a range is read where it is JSON", { "application/*+json": OBJECT }, "application/a+json", "json"],
    ["of any type is read where it is JSON", { "*/*": OBJECT }, "application/json", "json"],
    ["of any type is passed on where it is not", { "*/*": OBJECT }, "application/xml", "streamed"],
    ["of bytes is passed on", { "*/*": BYTES }, "application/json", "streamed"],
    ["of bytes is passed on, whatever its type", { "application/json": BYTES }, "application/json", "streamed"],
    ["of anything is passed on", { "*/*": {} }, "application/json", "streamed"],
    ["of images is passed on", { "image/*": BYTES }, "image/png", "streamed"],
    ["of another type is not declared", { "image/*": BYTES }, "text/plain", undefined],
  ])("%s", (_, content, sent, expected) => expect(readingOf(content, sent)).toBe(expected));

  it("is passed on where the operation says so", () => {
    const operation = { "x-latchkey": { body: "stream" } };
    expect(readingOf({ "application/json": OBJECT }, "application/json", operation)).toBe("streamed");
  });

  it("may be as large as its operation says, or the document, or the settings", () => {
    const root = { "x-latchkey": { maxBodyBytes: 2_000 } };
    expect(bodyOf({}, { "x-latchkey": { maxBodyBytes: 1_000 } }, root).maxBytes).toBe(1_000);
    expect(bodyOf({}, {}, root).maxBytes).toBe(2_000);
    expect(bodyOf({}).maxBytes).toBeUndefined();
  });

  it.each(["get", "head", "trace"])("of %s is never required, whatever the contract says", (method) => {
    const operation = { operationId: "x", requestBody: { required: true, content: { "application/json": OBJECT } } };
    const bodies = ["post", method].map((one) => operationsOf({ paths: { "/x": { [one]: operation } } })[0]?.body);
    expect(bodies.map((body) => body?.isRequired)).toEqual([true, false]);
  });
});
