import { describe, expect, it } from "@jest/globals";
import { asRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { withProblemLinks } from "../../../src/http/pages/problem-links.ts";
import { PROBLEMS } from "../../../src/problem/catalog.ts";
import { DOCUMENT } from "../../support/model/declared.ts";

const responses = asRecord(asRecord(withProblemLinks(DOCUMENT)["components"])["responses"]);
const descriptionOf = (name: string) => String(asRecord(responses[name])["description"]);

const answering = (response: JsonObject): JsonObject => ({
  paths: { "/it": { get: { operationId: "getIt", responses: { 404: response } } } },
});
const problem = (media: JsonObject) =>
  answering({ description: "No.", content: { "application/problem+json": media } });

describe("the answers of the shown contract", () => {
  it("lead to every problem that has their status", () => {
    const unauthorized = Object.entries(PROBLEMS).filter(([, { status }]) => status === 401);
    expect(unauthorized.length).toBeGreaterThan(4);
    for (const [code] of unauthorized) expect(descriptionOf("Unauthorized")).toContain(`[${code}](problems/${code})`);
    expect(descriptionOf("Unauthorized")).not.toContain("scope-missing");
    expect(descriptionOf("AnyProblem")).toContain("[All problems](problems)");
  });

  it("do so where an operation writes them itself, too", () => {
    const shown = withProblemLinks(problem({ example: { type: "/problems/not-found", code: "not-found" } }));
    expect(JSON.stringify(shown)).toContain("No.\\n\\nWith this status: [not-found](problems/not-found)");
  });

  it("are left alone where the problem is none of ours, or there is none", () => {
    for (const document of [
      problem({ example: { type: "https://example.com/no", code: "not-found" } }),
      problem({ example: { type: "/problems/out-of-stock", code: "out-of-stock" } }),
      problem({ example: { type: "/problems/not-found", code: "out-of-stock" } }),
      problem({ schema: { type: "object" } }),
      answering({ description: "Fine." }),
      answering({ $ref: "#/components/responses/It" }),
    ]) {
      expect(withProblemLinks(document)).toEqual({ ...document, components: {} });
    }
  });
});
