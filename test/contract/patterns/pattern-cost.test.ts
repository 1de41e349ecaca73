import { describe, expect, it } from "@jest/globals";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { operationsOf } from "../../support/model/models.ts";

const costs = new Map(operationsOf(loadBuiltInContract().document).map(({ id, cost }) => [id, cost]));

describe("the cost of a built-in operation follows its work, as scripts/bench/costs.ts measures it", () => {
  it.each([
    ["getData", 1],
    ["getOwnKey", 1],
    ["verifyKey", 1],
    ["getOwnUsage", 5],
    ["rotateOwnKey", 10],
    ["listKeyHygiene", 5],
    ["listAuditEvents", 10],
    ["getUsage", 20],
    ["revokeClientKeys", 20],
  ])("%s: %i", (id, cost) => {
    expect(costs.get(id)).toBe(cost);
  });

  it("is more than that of a reading where something is written", () => {
    const writing = operationsOf(loadBuiltInContract().document).filter(
      ({ method, id }) => method !== "GET" && !["verifyKey", "authorizeRequest"].includes(id),
    );
    expect(writing.length).toBeGreaterThan(8);
    for (const { id, cost } of writing) expect([id, cost >= 2]).toEqual([id, true]);
  });
});
