import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Items, version: 1.0.0 }
paths:
  /items:
    get:
      operationId: listItems
      security: []
      responses: { '200': { description: d } }
`;

const upstream = anUpstream();
const contract = join(temporaryFolder(), "openapi.yaml");
const service = aService(() => {
  writeFileSync(contract, CONTRACT);
  return { LATCHKEY_CONTRACT: contract, LATCHKEY_UPSTREAM: upstream.url, LATCHKEY_TRUST_PROXY: "1" };
});

const idsIn = () => service.logged().map(({ requestId }) => requestId);

/** Once it is written, a moment after the response. */
async function decisionOn(requestId: string, secret: string): Promise<unknown> {
  for (;;) {
    const { status, body } = await request(service.url).get(`/v1/decisions/${requestId}`).set("x-api-key", secret);
    if (status === 200) return body;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("the id that a trusted proxy gives a request", () => {
  it("reaches the upstream, the client and the log", async () => {
    const { headers } = await request(service.url).get("/items").set("X-Request-Id", "edge.7-a").expect(200);
    expect(headers["x-request-id"]).toBe("edge.7-a");
    expect(upstream.last().headers["x-request-id"]).toBe("edge.7-a");
    expect(idsIn()).toContain("edge.7-a");
  });

  it("is in the problem of a refused request, and its decision is found by it", async () => {
    const { body } = await request(service.url).get("/items?undeclared=1").set("X-Request-Id", "edge.8").expect(400);
    expect(body.requestId).toBe("edge.8");
    const { secret } = await service.issue({ scopes: ["usage:read"] });
    expect(await decisionOn("edge.8", secret)).toMatchObject({ requestId: "edge.8" });
  });

  it("is replaced when it could be anything else than an id", async () => {
    const { headers } = await request(service.url).get("/items").set("X-Request-Id", "a b").expect(200);
    expect(headers["x-request-id"]).toMatch(/^req_/);
    expect(upstream.last().headers["x-request-id"]).toBe(headers["x-request-id"]);
  });
});
