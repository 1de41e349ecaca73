import { describe, expect, it } from "@jest/globals";
import { createCircuits } from "../../src/gateway/connections/circuits.ts";
import { openConnectionPool, UPSTREAM_TIMEOUTS } from "../../src/gateway/connections/connection-pool.ts";
import { createOperationPlans } from "../../src/gateway/operation-plan.ts";
import { createLog } from "../../src/lib/log/log.ts";
import { systemTicks } from "../../src/lib/time/clock.ts";
import { operationsOf } from "../support/model/models.ts";

/** The timeouts of an operation, in seconds; the settings say 60 until the first byte and 300 between bytes. */
function timeoutsOf(document: object | undefined, operation: object | undefined) {
  const [found] = operationsOf({
    ...(document && { "x-latchkey": { timeouts: document } }),
    paths: {
      "/a": { get: { operationId: "getA", security: [], ...(operation && { "x-latchkey": { timeouts: operation } }) } },
    },
  });
  if (found === undefined) throw new Error("There is no operation.");
  const planOf = createOperationPlans({
    url: "http://127.0.0.1:1",
    keyHeaders: [],
    timeouts: UPSTREAM_TIMEOUTS,
    circuitsOf: createCircuits(
      systemTicks,
      createLog({ level: "silent", secrets: /x/g, destination: { write: () => {} } }),
    ).of,
    poolOf: (origin) => openConnectionPool(origin, { connections: 4, tunnels: 4 }, UPSTREAM_TIMEOUTS),
  });
  const { headersTimeout, bodyTimeout } = planOf(found).timeouts;
  return [headersTimeout / 1_000, bodyTimeout / 1_000];
}

describe("the timeouts of an operation", () => {
  it("are those of the settings by default: longer than long polling and quiet streams need", () => {
    expect(timeoutsOf(undefined, undefined)).toEqual([60, 300]);
  });

  it("are those of the document where it declares some", () => {
    expect(timeoutsOf({ firstByteSeconds: 90 }, undefined)).toEqual([90, 300]);
  });

  it("are its own before those of the document, one by one; 0 is no limit", () => {
    expect(timeoutsOf({ firstByteSeconds: 90, betweenBytesSeconds: 20 }, { betweenBytesSeconds: 0 })).toEqual([90, 0]);
  });
});
