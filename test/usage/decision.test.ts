import { expect, it } from "@jest/globals";
import { createDecisions, type Decision } from "../../src/usage/decision.ts";
import { NOON } from "../support/builders.ts";

const decision = (requestId: string): Decision => ({
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
  keyId: "",
  address: "192.0.2.1",
});

it("the last decisions wait until they are taken, as many as there is room for", () => {
  const decisions = createDecisions(3);
  for (let count = 1; count <= 100; count++) decisions.record(decision(`req_${count}`));
  expect(decisions.take().map(({ requestId }) => requestId)).toEqual(["req_98", "req_99", "req_100"]);
  expect(decisions.take()).toEqual([]);
});
