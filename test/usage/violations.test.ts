import { describe, expect, it } from "@jest/globals";
import { createViolations, OTHER_VIOLATIONS } from "../../src/usage/violations.ts";

const aViolation = (pointer = "#/query/limit", operation = "listOrders") => ({
  operation,
  pointer,
  detail: "must be integer",
});

describe("violations in memory", () => {
  it("are counted by kind, with the first example since they were taken", () => {
    const violations = createViolations();
    violations.note(aViolation(), 10, () => "first");
    violations.note(aViolation(), 20, () => "second");
    violations.note(aViolation("#/query/sort"), 30, () => "third");
    expect(violations.take()).toEqual([
      { ...aViolation(), count: 2, firstAt: 10, lastAt: 20, example: "first" },
      { ...aViolation("#/query/sort"), count: 1, firstAt: 30, lastAt: 30, example: "third" },
    ]);
    expect(violations.take()).toEqual([]);
    expect([...violations.totals()]).toEqual([["listOrders", 3]]);
  });

  it("of more kinds than are told apart are counted together, by operation", () => {
    const violations = createViolations(2);
    for (let kind = 0; kind < 1_000; kind++) violations.note(aViolation(`#/query/${kind}`), kind, () => "");
    violations.note(aViolation("#/x", "other"), 1_000, () => "");
    const taken = violations.take();
    expect(taken).toHaveLength(4);
    expect(
      taken
        .filter(({ detail }) => detail === OTHER_VIOLATIONS.detail)
        .map(({ operation, count }) => [operation, count]),
    ).toEqual([
      ["listOrders", 998],
      ["other", 1],
    ]);
  });
});
