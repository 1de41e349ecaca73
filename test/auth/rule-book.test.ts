import { describe, expect, it } from "@jest/globals";
import { chargeOf, createRuleBook } from "../../src/auth/rule-book.ts";
import type { Plan } from "../../src/contract/model/plans.ts";
import type { Override } from "../../src/keys/override.ts";
import type { Limit, Quota } from "../../src/limits/limit.ts";
import { aKey, NOON } from "../support/builders.ts";

const limit = (name: string, per: Limit["per"] = "key"): Limit => ({
  name,
  per,
  requests: 100,
  windowSeconds: 60,
  burst: 10,
});
const MONTHLY: Quota = { name: "monthly", requests: 1_000, period: "month", isHard: true };
const FREE: Plan = { name: "free", limits: [limit("perKey"), limit("searches")], quotas: [MONTHLY] };

const operation = (
  id: string,
  differences: { readonly isPublic?: boolean; readonly limits?: readonly string[] } = {},
) => ({
  id,
  cost: 1,
  isPublic: false,
  limits: [],
  ...differences,
});
const GET_ITEMS = operation("getItems");
const GET_ITEM = operation("getItem");
const SEARCH = operation("search", { limits: ["searches"] });
const GET_OPEN = operation("getOpen", { isPublic: true });

const ruleBook = createRuleBook(
  { plans: new Map([["free", FREE]]), defaultPlan: FREE, limits: [limit("visitors", "address")] },
  [GET_ITEMS, GET_ITEM, SEARCH, GET_OPEN],
);

const namesOf = ({ limits, quotas }: ReturnType<typeof ruleBook.rulesOf>) =>
  [...limits, ...quotas].map(({ name }) => name);

describe("the rules of a call", () => {
  it("have the limits that no operation names, and those that this one names", () => {
    expect(namesOf(ruleBook.rulesOf(GET_ITEMS, aKey(), NOON))).toEqual(["perKey", "monthly"]);
    expect(namesOf(ruleBook.rulesOf(SEARCH, aKey(), NOON))).toEqual(["perKey", "searches", "monthly"]);
  });

  it("without a key have the limits of addresses, also where a key would be counted otherwise", () => {
    expect(namesOf(ruleBook.rulesOf(GET_OPEN, undefined, NOON))).toEqual(["visitors"]);
    expect(namesOf(ruleBook.rulesOf(GET_ITEMS, undefined, NOON))).toEqual(["visitors"]);
    expect(namesOf(ruleBook.rulesOf(GET_ITEMS, aKey(), NOON))).toEqual(["perKey", "monthly"]);
  });

  it("follow the override of the key before that of the client before the plan, each until it ends", () => {
    const override = (requests: number, until: number | null): Override => ({
      isUnlimited: false,
      until,
      set: { perKey: { requests } },
    });
    const client = { ...aKey().client, limits: override(200, null) };
    const key = aKey({ client, limits: override(300, NOON + 1) });
    const requestsAt = (now: number) => ruleBook.rulesOf(GET_ITEMS, key, now).limits[0]?.requests;
    expect([requestsAt(NOON), requestsAt(NOON + 1)]).toEqual([300, 200]);
  });

  it("are none with an unlimited override", () => {
    const key = aKey({ limits: { isUnlimited: true, until: null, set: {} } });
    expect(namesOf(ruleBook.rulesOf(GET_ITEMS, key, NOON))).toEqual([]);
  });

  it("are one object if they are equal, so that caches by rules do not grow with each call", () => {
    const key = aKey({ limits: { isUnlimited: false, until: null, set: { perKey: { requests: 5 } } } });
    for (const holder of [aKey(), key]) {
      const rules = ruleBook.rulesOf(GET_ITEMS, holder, NOON);
      expect(ruleBook.rulesOf(GET_ITEM, holder, NOON)).toBe(rules);
      expect(ruleBook.generalRulesOf(holder, NOON)).toBe(rules);
      expect(ruleBook.generalRulesOf(holder, NOON + 1)).toBe(rules);
    }
  });
});

describe("a charge", () => {
  it("counts a key and its successor as one, and is the same object for the next call", () => {
    const rules = ruleBook.rulesOf(GET_ITEMS, aKey(), NOON);
    const key = aKey({ id: "key_2", lineageId: "key_1" });
    const charge = chargeOf(rules, 1, { key, address: "192.0.2.1" });
    expect(charge).toMatchObject({ cost: 1, clientId: key.client.id, limits: [{ id: "key_1" }], quotas: [MONTHLY] });
    expect(chargeOf(rules, 1, { key, address: "192.0.2.9" })).toBe(charge);
  });

  it("without a key counts the address, IPv6 by /64", () => {
    const rules = ruleBook.rulesOf(GET_OPEN, undefined, NOON);
    const { limits } = chargeOf(rules, 1, { key: undefined, address: "2001:db8::1" });
    expect(limits).toMatchObject([{ id: "2001:db8::" }]);
  });
});
