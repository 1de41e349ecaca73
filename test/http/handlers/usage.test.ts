import { beforeAll, describe, expect, it } from "@jest/globals";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { anAdmin } from "../../support/admin.ts";
import { expectDeclared } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const HOUR_MS = 3_600_000;
const START = Date.parse("2026-11-20T00:00:00Z");
const BETWEEN = "from=2026-11-20T00:00:00Z&to=2026-11-20T06:00:00Z";

const service = aService();
const { get } = anAdmin(service);
let secret = "";
let clientId = "";
let keyId = "";

const row = (hour: number, operation: string, requests: number, code = "") => ({
  minute: START + hour * HOUR_MS,
  clientId,
  keyId,
  environment: "live",
  operation,
  statusClass: code === "" ? 2 : 4,
  code,
  requests,
  cost: requests,
  bytesIn: 10 * requests,
  bytesOut: 20 * requests,
});

beforeAll(async () => {
  const issued = await service.issue({ client: "reader", scopes: ["data:read"] });
  ({ secret } = issued);
  keyId = issued.key.id;
  clientId = issued.key.client.id;
  const rows = [row(1, "getData", 3), row(4, "getData", 5), row(4, "getSecretData", 2, "scope-missing")];
  const latencies = [{ minute: START + HOUR_MS, operation: "getData", histogram: { 100: 9, 150: 1 } }];
  await addUsage(service.running.actions.db, { rows, keyUses: [], latencies });
});

const requestsIn = (body: { series: { points: { requests: number }[] }[] }) =>
  body.series.map(({ points }) => points.map(({ requests }) => requests));

describe("GET /v1/usage", () => {
  it("gives one series without gaps", async () => {
    const answer = await get(`/v1/usage?${BETWEEN}`);
    expectDeclared("getUsage", answer);
    expect(requestsIn(answer.body)).toEqual([[0, 3, 0, 0, 7, 0]]);
    expect(answer.body).toMatchObject({ from: "2026-11-20T00:00:00.000Z", bucket: "hour", dropped: 0 });
    expect(answer.body.series[0].points[4]).toEqual({
      at: "2026-11-20T04:00:00.000Z",
      requests: 7,
      cost: 7,
      bytesIn: 70,
      bytesOut: 140,
    });
    expect(requestsIn((await get(`/v1/usage?${BETWEEN}&bucket=day`)).body)).toEqual([[10]]);
  });

  it("groups as requested, and has the durations of operations", async () => {
    const { body } = await get(`/v1/usage?${BETWEEN}&groupBy=operation`);
    expect(body.series.map(({ group }: { group: object }) => group)).toEqual([
      { operation: "getData" },
      { operation: "getSecretData" },
    ]);
    expect(body.series[0].latencyMs.p50).toBeGreaterThan(0.4);
    expect(body.series[0].latencyMs.p99).toBeGreaterThan(body.series[0].latencyMs.p50);
    const by = await get(`/v1/usage?${BETWEEN}&groupBy=statusClass&groupBy=code&groupBy=client`);
    expectDeclared("getUsage", by);
    expect(by.body.series.map(({ group }: { group: object }) => group)).toEqual([
      { statusClass: "2", code: "", client: clientId },
      { statusClass: "4", code: "scope-missing", client: clientId },
    ]);
  });

  it.each([
    ["clientId=reader", [[0, 3, 0, 0, 7, 0]]],
    ["operation=getSecretData", [[0, 0, 0, 0, 2, 0]]],
    ["code=scope-missing", [[0, 0, 0, 0, 2, 0]]],
    ["environment=test", []],
  ])("finds by %s", async (filter, expected) => {
    expect(requestsIn((await get(`/v1/usage?${BETWEEN}&${filter}`)).body)).toEqual(expected);
  });

  it("is CSV on request, by parameter or Accept, without formulas", async () => {
    const rows = [{ ...row(1, "getData", 1), operation: '=HYPERLINK("x")' }];
    await addUsage(service.running.actions.db, { rows, keyUses: [], latencies: [] });
    const csv = await get(`/v1/usage?${BETWEEN}&bucket=day&groupBy=operation&format=csv`);
    expect(csv.headers["content-type"]).toBe("text/csv; charset=utf-8");
    expect(csv.text.split("\n")).toEqual([
      "at,operation,requests,cost,bytesIn,bytesOut",
      `2026-11-20T00:00:00.000Z,"'=HYPERLINK(""x"")",1,1,10,20`,
      "2026-11-20T00:00:00.000Z,getData,8,8,80,160",
      "2026-11-20T00:00:00.000Z,getSecretData,2,2,20,40",
      "",
    ]);
    const byAccept = await get(`/v1/usage?${BETWEEN}&bucket=day&groupBy=operation`).set("Accept", "text/csv");
    expect(byAccept.text).toBe(csv.text);
    expect((await get(`/v1/usage?${BETWEEN}&format=json`).set("Accept", "text/csv")).body.bucket).toBe("hour");
  });

  it.each([
    ["from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "#/query/from", /must be before to/],
    ["from=0000-01-01T00:00:00%2B23:00", "#/query/from", /must be a date-time of RFC 3339/],
    ["to=9999-12-31T23:59:59-23:59", "#/query/to", /must be a date-time of RFC 3339/],
    ["from=2020-01-01T00:00:00Z&bucket=minute", "#/query/bucket", /more than 10000 points: use longer buckets/],
    ["clientId=nobody", "#/query/clientId", /must be the id or the name of an existing client/],
    ["groupBy=colour", "#/query/groupBy/0", /must be equal to one of/],
    ["bucket=week", "#/query/bucket", /must be equal to one of/],
  ])("refuses %s", async (query, pointer, detail) => {
    const answer = await get(`/v1/usage?${query}`);
    expectDeclared("getUsage", answer);
    expect(answer.body.errors).toEqual([{ pointer, detail: expect.stringMatching(detail) }]);
  });

  it("is refused to a key without the scope", async () => {
    expect((await get("/v1/usage", secret)).body.code).toBe("scope-missing");
  });
});

describe("GET /v1/key/usage", () => {
  it("shows a key its own usage only", async () => {
    const answer = await get(`/v1/key/usage?${BETWEEN}&groupBy=code`, secret);
    expectDeclared("getOwnUsage", answer);
    expect(requestsIn(answer.body)).toEqual([
      [0, 4, 0, 0, 5, 0],
      [0, 0, 0, 0, 2, 0],
    ]);
    const { secret: other } = await service.issue({ client: "reader", scopes: ["data:read"] });
    expect((await get(`/v1/key/usage?${BETWEEN}`, other)).body.series).toEqual([]);
    expect((await get(`/v1/key/usage?${BETWEEN}&format=csv`, secret)).text).toMatch(
      /^at,requests,cost,bytesIn,bytesOut\n/,
    );
    expect((await get("/v1/key/usage?from=0000-01-01T00:00:00%2B23:00", secret)).status).toBe(400);
    expect((await get(`/v1/key/usage?${BETWEEN}&groupBy=client`, secret)).status).toBe(400);
  });
});
