import { expect, it } from "@jest/globals";
import { createDecisions, type Decision } from "../../src/usage/decision.ts";
import { NOON } from "../support/builders.ts";

const decision = (requestId: string, keyId = ""): Decision => ({
  requestId,
  at: NOON,
  status: 403,
  code: "scope-missing",
  detail: "",
  check: "authorize",
  method: "GET",
  operation: "getData",
  line: 1,
  clientId: "",
  keyId,
  address: "192.0.2.1",
});

it("the latest decisions wait until they are taken, up to a maximum", () => {
  const decisions = createDecisions(3);
  for (let count = 1; count <= 100; count++) decisions.record(decision(`req_${count}`));
  expect(decisions.take().map(({ requestId }) => requestId)).toEqual(["req_98", "req_99", "req_100"]);
  expect(decisions.take()).toEqual([]);
});

it("decisions about unknown callers do not push out those about keys", () => {
  const decisions = createDecisions(3);
  decisions.record(decision("of a key", "key_a"));
  for (let count = 1; count <= 100; count++) decisions.record(decision(`req_${count}`));
  expect(decisions.take().map(({ requestId }) => requestId)).toEqual(["of a key", "req_98", "req_99", "req_100"]);
});
