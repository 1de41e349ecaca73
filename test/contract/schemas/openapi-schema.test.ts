import { describe, expect, it } from "@jest/globals";
import { contractFiles, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();

function findingsIn(text: string) {
  return checkContract(contractOf(text));
}

describe("the check against the schema of OpenAPI", () => {
  it.each([
    ["a missing title", "title: Things, ", "", "info:", "must have required property 'title'"],
    [
      "an unknown property",
      "operationId: getThing",
      "operationId: getThing\n      unknown: 1",
      "operationId: getThing",
      "unknown",
    ],
    [
      "a summary that is not a text",
      "operationId: getThing",
      "operationId: getThing\n      summary: 1",
      "summary",
      "must be string",
    ],
  ])("finds %s, with its line", (_title, from, to, at, message) => {
    const text = healthyBut(from, to);
    const [finding, ...others] = findingsIn(text);
    expect(others).toEqual([]);
    expect(finding?.message).toContain(`this is not valid OpenAPI: ${message.includes(" ") ? message : ""}`);
    expect(finding?.message).toContain(message);
    expect(Math.abs((finding?.line ?? 0) - lineWith(text, at))).toBeLessThanOrEqual(1);
  });

  it("leaves out the responses of operations, which the service reads leniently", () => {
    expect(findingsIn(healthyBut("'200': { description: The thing. }", "'200': { unknown: 1 }"))).toEqual([]);
  });

  it("is not made beside other findings, which say more", () => {
    const messages = findingsIn(healthyBut("title: Things, ", "").replace("operationId: getThing", "summary: 1"));
    expect(messages.filter(({ message }) => message.includes("OpenAPI 3.1:"))).toEqual([]);
    expect(messages.length).toBeGreaterThan(0);
  });
});
