import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { aService } from "../support/service.ts";

const service = aService();
const open = aService({ LATCHKEY_METRICS: "open" });
let admin = "";
let reader = "";

beforeAll(async () => {
  ({ secret: admin } = await service.issue({ client: "ops", scopes: ["metrics:read"] }));
  ({ secret: reader } = await service.issue({ client: "reader", scopes: ["data:read"] }));
});

const metrics = (key?: string, url = service.url) =>
  request(url)
    .get("/metrics")
    .set(key === undefined ? {} : { "x-api-key": key });

describe("/metrics", () => {
  it("needs a key with its scope, unless it is configured as open", async () => {
    expect((await metrics()).body.code).toBe("key-missing");
    expect((await metrics(reader)).body.code).toBe("scope-missing");
    expect((await metrics(admin)).status).toBe(200);
    expect((await metrics(undefined, open.url)).headers["content-type"]).toMatch(/^text\/plain; version=0\.0\.4/);
  });

  it("reports responses, their latency, and the size of caches", async () => {
    for (let count = 0; count < 3; count++)
      await request(service.url).get("/data").set("x-api-key", reader).expect(200);
    await request(service.url).get("/secret-data").set("x-api-key", reader).expect(403);
    const { text } = await metrics(admin);
    expect(text).toContain('latchkey_requests_total{operation="getData",status_class="2xx",code=""} 3\n');
    expect(text).toContain(
      'latchkey_requests_total{operation="getSecretData",status_class="4xx",code="scope-missing"} 1\n',
    );
    expect(text).toMatch(/^latchkey_request_duration_seconds_bucket\{operation="getData",le="\+Inf"\} 3$/m);
    expect(text).toMatch(/^latchkey_request_duration_seconds_count\{operation="getData"\} 3$/m);
    expect(text).toMatch(/^latchkey_request_duration_seconds_sum\{operation="getData"\} 0\.\d+$/m);
    expect(text).toMatch(/^latchkey_keyring_keys [12]$/m);
    expect(text).toMatch(/^latchkey_limiter_buckets \d+$/m);
    expect(text).toMatch(/^latchkey_flush_lag_seconds \d/m);
    expect(text).toMatch(/^latchkey_usage_dropped_total 0$/m);
    expect(text).toMatch(/^latchkey_nodejs_eventloop_lag_p99_seconds \d/m);
    const bounds = [...text.matchAll(/_bucket\{operation="getData",le="[^"]+"\} (\d+)/g)].map(([, count]) =>
      Number(count),
    );
    expect(bounds).toEqual(bounds.toSorted((one, other) => one - other));
    expect(text).not.toMatch(/key_[0-9A-Za-z]{20}|client_/);
  });

  it("has every metric of the dashboard", async () => {
    const { text } = await metrics(admin);
    const dashboard = readFileSync(join(import.meta.dirname, "../../docs/grafana.json"), "utf8");
    const shown = [...new Set(dashboard.match(/latchkey_[a-z0-9_]+/g))];
    expect(shown.length).toBeGreaterThan(6);
    const known = new Set(text.match(/^latchkey_[a-z0-9_]+/gm));
    expect(shown.filter((name) => !known.has(name))).toEqual([]);
  });

  it("follows the naming rules of Prometheus: only counters end in _total, units are base units, and all have a help text", async () => {
    const { text } = await metrics(admin);
    const types = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name = "", type]) => ({ name, type }));
    expect(types.length).toBeGreaterThan(20);
    for (const { name, type } of types) {
      expect([name, type === "counter"]).toEqual([name, name.endsWith("_total")]);
      expect(name).not.toMatch(
        /_(?:milliseconds|ms|minutes|hours|kilobytes|kb|megabytes|mb|percent|count|sum|bucket)(?:_total)?$/,
      );
      expect(text).toMatch(new RegExp(`^# HELP ${name} \\S`, "m"));
    }
  });
});
