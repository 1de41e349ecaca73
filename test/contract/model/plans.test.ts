import { describe, expect, it } from "@jest/globals";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { toPolicy } from "../../../src/contract/model/plans.ts";
import { contractFiles, HEALTHY, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();

/** `HEALTHY` with these words about plans, and about its GET. */
const planned = (root: string, ofOperation = "{}") =>
  HEALTHY.replace("servers:", `x-latchkey:\n${root.replaceAll(/^/gm, "  ")}\nservers:`).replace(
    "operationId: getThing",
    `operationId: getThing\n      x-latchkey: ${ofOperation}`,
  );

const PLANS = `defaultPlan: small
plans:
  small:
    limits:
      perKey: { per: key, requests: 60, windowSeconds: 60 }
      searches: { requests: 5, windowSeconds: 1, burst: 7 }
    quotas:
      monthly: { requests: 1000, period: month }
  large: {}
limits:
  visitors: { per: address, requests: 9, windowSeconds: 60 }`;

const findings = (text: string) => checkContract(contractOf(text));

describe("plans", () => {
  it("are read with their defaults", () => {
    expect(findings(planned(PLANS, "{ cost: 2, limits: [searches] }"))).toEqual([]);
    const policy = toPolicy(toOutline(contractOf(planned(PLANS)).document).extension);
    expect(policy.defaultPlan).toEqual({
      name: "small",
      limits: [
        { name: "perKey", per: "key", requests: 60, windowSeconds: 60, burst: 6 },
        { name: "searches", per: "client", requests: 5, windowSeconds: 1, burst: 7 },
      ],
      quotas: [{ name: "monthly", requests: 1000, period: "month", isHard: true }],
    });
    expect([...policy.plans.keys()]).toEqual(["small", "large"]);
    expect(policy.limits).toEqual([{ name: "visitors", per: "address", requests: 9, windowSeconds: 60, burst: 1 }]);
  });

  it("need not be there", () => {
    expect(toPolicy(toOutline(contractOf(HEALTHY).document).extension)).toMatchObject({
      defaultPlan: { limits: [], quotas: [] },
      limits: [],
    });
  });
});

describe("a start is refused", () => {
  it.each([
    ["no default", "defaultPlan: small\n", "", "plans:", /^x-latchkey has no defaultPlan: add one of small, large/],
    [
      "a default that is not a plan",
      "defaultPlan: small",
      "defaultPlan: big",
      "big",
      /^there is no plan big: use one of small, large/,
    ],
    [
      "a misspelt word",
      "windowSeconds: 60 }\n      searches",
      "seconds: 60 }\n      searches",
      "perKey",
      /windowSeconds/,
    ],
    ["no requests at all", "requests: 60,", "requests: 0,", "perKey", /requests is not valid/],
    ["half a request", "requests: 60,", "requests: 1.5,", "perKey", /requests is not valid/],
    ["more than can be counted", "requests: 1000,", "requests: 1e400,", "monthly", /requests is not valid/],
    ["an address in a plan", "per: key", "per: address", "per: address", /per is not valid/],
    ["a week", "period: month", "period: week", "week", /period is not valid/],
    [
      "one name for two",
      "monthly:",
      "perKey:",
      "perKey: { per",
      /^perKey is already the name of another limit or quota/,
    ],
    [
      "one name here and there",
      "visitors:",
      "searches:",
      "searches: { requests: 5",
      /^searches is already the name of another/,
    ],
    [
      "one name for a quota and a limit for all",
      "visitors:",
      "monthly:",
      "monthly: { requests",
      /^monthly is already the name of another/,
    ],
    ["a name that no header could hold", "monthly:", "mo nthly:", "mo nthly", /mo nthly/],
  ])("for %s", (_, from, to, at, message) => {
    expect(PLANS).toContain(from);
    const text = planned(PLANS.replace(from, to));
    const expected = { line: lineWith(text, at), message: expect.stringMatching(message) };
    expect(findings(text)).toEqual(expect.arrayContaining([expected]));
  });

  it.each([
    ["an unknown limit", "{ limits: [none] }", /^there is no limit none: use one of perKey, searches, visitors/],
    [
      "a limit where nothing is counted",
      "{ cost: 0, limits: [searches] }",
      /^getThing costs nothing, so searches has no effect/,
    ],
    [
      "a limit of addresses with a key",
      "{ limits: [visitors] }",
      /^visitors has no effect on getThing: it needs a key/,
    ],
    [
      "a cost above a burst",
      "{ cost: 7, limits: [searches] }",
      /^getThing costs 7, more than the burst of perKey, which is 6/,
    ],
    ["half a cost", "{ cost: 0.5 }", /^x-latchkey\.cost is not valid/],
    ["a negative cost", "{ cost: -1 }", /^x-latchkey\.cost is not valid/],
  ])("for %s at an operation", (_, ofOperation, message) => {
    expect(findings(planned(PLANS, ofOperation))).toEqual([
      { line: expect.any(Number), message: expect.stringMatching(message) },
    ]);
  });

  it("for limits that name nothing, where none are declared", () => {
    expect(findings(planned("plans: {}", "{ limits: [none] }"))).toEqual([
      expect.objectContaining({ message: "there is no limit none: declare one in x-latchkey at the root" }),
    ]);
  });
});
