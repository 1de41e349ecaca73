import { describe, expect, it } from "@jest/globals";
import { createCompiledJudge } from "../../../src/contract/judge/compiled-judge.ts";
import { createResponseChecks } from "../../../src/contract/judge/response-check.ts";
import { createReferenceJudge } from "../../support/judges/reference-judge.ts";
import { modelOf } from "../../support/model/models.ts";

const text = { type: "string", pattern: "^(a+)+$" };
const body = {
  type: "object",
  properties: { text },
  patternProperties: { "^(b|b)*$": { enum: [1] } },
  required: ["text"],
};
const content = { "application/json": { schema: body } };
const contract = modelOf({
  text: "",
  document: {
    openapi: "3.1.1",
    info: { title: "A pattern that backtracks", version: "1.0.0" },
    servers: [{ url: "/" }],
    paths: {
      "/a": {
        post: {
          operationId: "postA",
          security: [],
          parameters: [{ name: "q", in: "query", schema: text }],
          requestBody: { content },
          responses: { "200": { description: "Done.", content } },
        },
      },
    },
  },
});

/** A backtracking engine would not come to an end in this century. */
const ATTACK = `${"a".repeat(10_000)}!`;

describe("a pattern that backtracks without end", () => {
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error("The contract has one operation.");
  const requestWith = (query: string, value: unknown) => ({
    operation,
    pathParams: {},
    query,
    headers: {},
    body: { mediaType: "application/json", value },
  });

  it.each([
    ["a parameter", `q=${ATTACK}`, { text: "a" }],
    ["a body", "q=a", { text: ATTACK }],
    ["the name of a property", "q=a", { text: "a", [`${"b".repeat(10_000)}`]: 2 }],
  ])("does not stall either judge in %s", async (_place, query, value) => {
    expect(createCompiledJudge(contract).judgeRequest(requestWith(query, value))).toBeUndefined();
    const judge = await createReferenceJudge(contract);
    expect(await judge.judgeRequest(requestWith(query, value))).toMatchObject({ kind: "invalid" });
    expect(await judge.judgeRequest(requestWith("q=aa", { text: "aaa" }))).toMatchObject({ kind: "valid" });
  });

  it("does not stall the check of responses", () => {
    const verdict = createResponseChecks(contract.outline, contract.operations).get("postA")?.(200, "application/json");
    if (verdict?.kind !== "json") throw new Error("The response is JSON.");
    expect(verdict.check(Buffer.from(JSON.stringify({ text: ATTACK })))).toHaveLength(1);
    expect(verdict.check(Buffer.from(JSON.stringify({ text: "aaa" })))).toEqual([]);
  });
});
