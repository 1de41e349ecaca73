import { describe, expect, it, jest } from "@jest/globals";
import { createBodyBudget, type Release } from "../../../src/http/message/body-budget.ts";

const isWaiting = (outcome: unknown) => outcome instanceof Promise;

function taken(outcome: Release | Promise<Release | undefined>): Release {
  if (typeof outcome !== "function") throw new Error("It has to wait.");
  return outcome;
}

describe("the memory for bodies", () => {
  it("is taken at once while it lasts", () => {
    const budget = createBodyBudget(100);
    taken(budget.reserve(50, "acme"));
    taken(budget.reserve(50, "globex"));
    expect(isWaiting(budget.reserve(1, "initech"))).toBe(true);
  });

  it("is passed to the next that it is enough for when some is given back", async () => {
    const budget = createBodyBudget(100);
    const [first, second] = [taken(budget.reserve(60, "acme")), taken(budget.reserve(30, "globex"))];
    const large = budget.reserve(90, "initech");
    const small = budget.reserve(40, "umbrella");
    second();
    expect(await small).toBeInstanceOf(Function);
    (await small)?.();
    first();
    expect(await large).toBeInstanceOf(Function);
  });

  it("is given back only once", () => {
    const budget = createBodyBudget(100);
    const release = taken(budget.reserve(50, "acme"));
    taken(budget.reserve(50, "globex"));
    release();
    release();
    taken(budget.reserve(50, "initech"));
    expect(isWaiting(budget.reserve(50, "umbrella"))).toBe(true);
  });

  it("is held by one client up to a half, so that another can always have a body read", () => {
    const budget = createBodyBudget(100);
    taken(budget.reserve(40, "acme"));
    expect(isWaiting(budget.reserve(11, "acme"))).toBe(true);
    taken(budget.reserve(50, "globex"));
  });

  it("is enough for one body of any size", () => {
    taken(createBodyBudget(100).reserve(1_000, "acme"));
  });

  it("is not waited for longer than a few seconds", async () => {
    jest.useFakeTimers();
    try {
      const budget = createBodyBudget(100, 5_000);
      const release = taken(budget.reserve(100, "acme"));
      const late = budget.reserve(1, "globex");
      jest.advanceTimersByTime(5_000);
      expect(await late).toBeUndefined();
      release();
      taken(budget.reserve(100, "initech"));
    } finally {
      jest.useRealTimers();
    }
  });

  it("is refused at once when a thousand bodies wait already", async () => {
    const budget = createBodyBudget(1);
    taken(budget.reserve(1, "acme"));
    const others = Array.from({ length: 1_000 }, (_, count) => budget.reserve(1, `client ${count}`));
    expect(others.every(isWaiting)).toBe(true);
    expect(await budget.reserve(1, "globex")).toBeUndefined();
  });
});
