import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { readUsage } from "../../../src/store/usage/series.ts";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { aService } from "../../support/service.ts";
import { exchangeRaw } from "../../support/wire/raw.ts";

const service = aService({ LATCHKEY_FAILED_KEYS_PER_MINUTE: "2" });
let secret = "";
let keyId = "";
let clientId = "";

beforeAll(async () => {
  const { key, secret: issued } = await service.issue({ client: "metered", scopes: ["data:read"] });
  secret = issued;
  keyId = key.id;
  clientId = key.client.id;
});

const groupBy = ["key", "operation", "statusClass", "code"] as const;

/** What is stored of today, once it says so much: counts are written a moment after the answer. */
async function counted(least: number) {
  for (;;) {
    const [from, to] = [-1, 1].map((hours) => Date.now() + hours * 3_600_000) as [number, number];
    const query = { from, to, bucket: "hour", groupBy, where: {} } as const;
    const { sum } = await readUsage(service.running.actions.db, query, { points: 1_000, counts: 10_000 });
    const all = sum.toSeries().flatMap(({ group, points }) => points.map((point) => ({ ...point, group })));
    const points = all.filter(({ requests }) => requests > 0);
    if (points.reduce((sum, { requests }) => sum + requests, 0) >= least) return points;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe("usage", () => {
  it("has one event for every response, with its caller and operation", async () => {
    const get = (path: string, key?: string) =>
      request(service.url)
        .get(path)
        .set(key === undefined ? {} : { "x-api-key": key });
    for (let count = 0; count < 3; count++) await get("/data", secret).expect(200);
    await get("/secret-data", secret).expect(403);
    await get("/data").expect(401);
    await get("/data", UNKNOWN_SECRET).expect(401);
    await get("/data", "junk").expect(429);
    await get("/nothing").expect(404);
    await get("/docs").expect(200);
    await exchangeRaw(service.port, "\x01\x02\r\n\r\n");
    const points = await counted(10);
    const summed = points.map(({ group, requests, cost }) => [
      group["key"],
      group["operation"],
      group["statusClass"],
      group["code"],
      requests,
      cost,
    ]);
    expect(summed.toSorted()).toEqual(
      [
        ["", "", "2", "", 1, 0],
        ["", "", "4", "not-found", 1, 0],
        ["", "", "4", "request-malformed", 1, 0],
        ["", "", "4", "too-many-failures", 1, 0],
        ["", "getData", "4", "key-invalid", 1, 0],
        ["", "getData", "4", "key-missing", 1, 0],
        [keyId, "getData", "2", "", 3, 3],
        [keyId, "getSecretData", "4", "scope-missing", 1, 0],
      ].toSorted(),
    );
    const data = points.find(({ group }) => group["key"] === keyId && group["operation"] === "getData");
    expect(data?.bytesIn).toBeGreaterThan(3 * 100);
    expect(data?.bytesOut).toBeGreaterThan(3 * 200);
  });

  it("counts clients that disconnect before the response", async () => {
    const before = await counted(10);
    await exchangeRaw(
      service.port,
      `POST /v1/clients HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 9\r\nx-api-key: ${secret}\r\n\r\n`,
      1,
    );
    const points = await counted(before.reduce((sum, { requests }) => sum + requests, 0) + 1);
    expect(points.filter(({ group }) => group["operation"] === "createClient")).toHaveLength(1);
    expect(clientId).toMatch(/^client_/);
  });
});
