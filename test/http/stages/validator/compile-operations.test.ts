import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../../src/contract/document/json.ts";
import { toOperations } from "../../../../src/contract/model/operations.ts";
import { toOutline } from "../../../../src/contract/model/outline.ts";
import { compileOperations } from "../../../../src/http/stages/validator/compile-operations.ts";

const NOWHERE = { $ref: "#/components/schemas/Nowhere" };
const response = { description: "Fine." };
const jsonOf = (schema: JsonObject) => ({ content: { "application/json": { schema } } });

/** The errors of a contract that no check has seen, with a healthy operation and this one. */
async function errorsOf(more: JsonObject) {
  const healthy = { operationId: "healthy", security: [], responses: { 200: response } };
  const outline = toOutline({
    openapi: "3.1.1",
    info: { title: "One", version: "1" },
    paths: { "/healthy": { get: healthy }, "/x": { post: { ...healthy, operationId: "broken", ...more } } },
  });
  return compileOperations({ outline, operations: toOperations(outline), schemes: outline.keySchemes });
}

describe("compiling every operation", () => {
  it("finds nothing where all of them compile", async () => {
    expect(await errorsOf({ requestBody: jsonOf({ type: "object" }) })).toEqual([]);
  });

  it.each<[string, string, JsonObject]>([
    ["a body", "body", { requestBody: jsonOf(NOWHERE) }],
    ["a response", "responses", { responses: { 200: { ...response, ...jsonOf(NOWHERE) } } }],
    ["a parameter", "parameters", { parameters: [{ name: "p", in: "query", schema: NOWHERE }] }],
  ])("names the operation of %s with a reference that leads nowhere", async (_, part, more) => {
    expect(await errorsOf(more)).toEqual([
      {
        operationId: "broken",
        aspect: part === "responses" ? "operation" : part,
        message: expect.stringContaining(`its ${part} cannot be compiled: `),
      },
    ]);
  });
});
