import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { aFreePort } from "../support/process/ports.ts";
import { makeCertificate } from "../support/programs/certificate.ts";
import { type RunningProxy, startCaddy } from "../support/programs/proxies.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { type ClientResponse, fetchOnce } from "../support/wire/client.ts";

const FORGED = { "X-Forwarded-For": "203.0.113.66", "X-Forwarded-Proto": "https" };

const folder = temporaryFolder();
const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
let caddy: RunningProxy;
let idle: RunningProxy;
let secret = "";

beforeAll(async () => {
  const certificate = makeCertificate(folder);
  caddy = await startCaddy({ folder: join(folder, "caddy"), servicePort: service.port, certificate });
  idle = await startCaddy({ folder: join(folder, "idle"), servicePort: await aFreePort(), certificate });
  ({ secret } = await service.issue({ scopes: ["data:read", "info:read"] }));
});

const lineOf = ({ headers }: ClientResponse) =>
  service.logged().find(({ requestId, msg }) => requestId === headers["x-request-id"] && msg === "response sent");

describe("behind the documented Caddy", () => {
  const overTls = (target: string, headers = {}) =>
    fetchOnce(`https://localhost:${caddy.tlsPort}${target}`, { headers });

  it("a valid key is admitted over TLS", async () => {
    const { status, headers } = await overTls("/data", { "x-api-key": secret });
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      "strict-transport-security": "max-age=31536000; includeSubDomains",
      "cache-control": "no-store",
    });
  });

  it("a missing key is a 401 with the challenge", async () => {
    const { status, headers } = await overTls("/data");
    expect({ status, challenge: headers["www-authenticate"] }).toEqual({
      status: 401,
      challenge: 'Bearer realm="latchkey"',
    });
  });

  it("requests in clear text reach the service as such: no redirect, and no HSTS", async () => {
    const response = await fetchOnce(`http://localhost:${caddy.plainPort}/healthz`, { headers: FORGED });
    expect(response.status).toBe(200);
    expect(response.headers).not.toHaveProperty("strict-transport-security");
  });

  it("the address is the one that Caddy saw, whatever the client sends", async () => {
    expect(lineOf(await overTls("/healthz", FORGED))).toMatchObject({ address: "127.0.0.1" });
  });

  it("a service that is down is a 503 problem, and no key is logged", async () => {
    const headers = { "x-api-key": secret, authorization: `Bearer ${secret}` };
    const response = await fetchOnce(`https://localhost:${idle.tlsPort}/info?api_key=${secret}`, { headers });
    expect(response).toMatchObject({
      status: 503,
      headers: { "content-type": "application/problem+json", "cache-control": "no-store", "retry-after": "1" },
    });
    expect(JSON.parse(response.body)).toMatchObject({ code: "unavailable", requestId: expect.any(String) });
    await idle.child.err.until(/"uri":"\/info\?\[left-out\]"/);
    expect(idle.logs()).not.toContain(secret);
  });
});
