import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { makeCertificate } from "../support/programs/certificate.ts";
import { type ProxyOptions, type RunningProxy, startNginx, untilLogged } from "../support/programs/proxies.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { type CallOptions, type ClientResponse, fetchOnce } from "../support/wire/client.ts";

/** Where the client is as nginx sees it; without it, the client is this machine. */
const FAR = { "Test-Address": "198.51.100.7" };
const LIES = {
  "X-Forwarded-For": "203.0.113.66",
  "X-Forwarded-Proto": "https",
  Forwarded: "for=203.0.113.66;proto=https",
};

const folder = temporaryFolder();
const behindOne = aService({ LATCHKEY_TRUST_PROXY: "1" });
const behindTwo = aService({ LATCHKEY_TRUST_PROXY: "2" });

let start: (name: string, servicePort: number, more?: Partial<ProxyOptions>) => Promise<RunningProxy>;
let near: RunningProxy;
let inner: RunningProxy;
let outer: RunningProxy;
let secret = "";

beforeAll(async () => {
  const certificate = makeCertificate(folder);
  start = (name, servicePort, more) => startNginx({ folder: join(folder, name), servicePort, certificate, ...more });
  near = await start("near", behindOne.port);
  inner = await start("inner", behindTwo.port, { addressHeader: "Inner-Address" });
  outer = await start("outer", inner.plainPort);
  ({ secret } = await behindOne.issue({ scopes: ["data:read", "info:read", "clients:write"] }));
});

const overTls = (target: string, wish: CallOptions = {}) =>
  fetchOnce(`https://127.0.0.1:${near.tlsPort}${target}`, wish);
const inClear = (target: string, wish: CallOptions = {}) =>
  fetchOnce(`http://127.0.0.1:${near.plainPort}${target}`, wish);
const withKey = (key: string, more: Readonly<Record<string, string>> = {}): CallOptions => ({
  headers: { "x-api-key": key, ...more },
});
const codeOf = ({ body }: ClientResponse) => JSON.parse(body).code;

/** The address that the service wrote down for the request that got this answer. */
function addressOf({ headers }: ClientResponse, service = behindOne) {
  return service
    .logged()
    .find(({ requestId, msg }) => requestId === headers["x-request-id"] && msg === "response sent")?.["address"];
}

describe("behind the documented nginx, a key", () => {
  it("opens its operation over TLS", async () => {
    const { status, headers, body } = await overTls("/data", withKey(secret, FAR));
    expect({ status, body: JSON.parse(body) }).toMatchObject({ status: 200, body: { message: "Access granted" } });
    expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers.server).toBe("nginx");
  });

  it("is refused in clear text, good or bad, in the same bytes but for the request and the date", async () => {
    const [good, bad] = await Promise.all([secret, UNKNOWN_SECRET].map((key) => inClear("/data", withKey(key, FAR))));
    expect(comparable(good!)).toEqual(comparable(bad!));
    expect(good).toMatchObject({ status: 403 });
    expect(codeOf(good!)).toBe("key-in-cleartext");
    expect(good!.headers).not.toHaveProperty("location");
    expect(good!.headers).not.toHaveProperty("strict-transport-security");
  });

  it("is refused in clear text whatever the client says about itself", async () => {
    for (const lies of [LIES, { ...LIES, "X-Forwarded-For": "127.0.0.1" }]) {
      const answer = await inClear("/data", withKey(secret, { ...FAR, ...lies }));
      expect(codeOf(answer)).toBe("key-in-cleartext");
      expect(addressOf(answer)).toBe("198.51.100.7");
    }
  });

  it("that is missing is asked for, with the challenge", async () => {
    const answer = await overTls("/data");
    expect(answer).toMatchObject({
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="latchkey"', "content-type": "application/problem+json" },
    });
    expect(codeOf(answer)).toBe("key-missing");
  });

  it("is not written down, not even when it comes in the URL", async () => {
    const { status, headers } = await overTls(`/info?api_key=${secret}`, withKey(secret));
    expect(status).toBe(200);
    await untilLogged(near, String(headers["x-request-id"]));
    expect(near.logs()).toContain('"path":"/info"');
    expect(near.logs()).not.toContain(secret);
  });
});

/** An answer without what differs between any two. */
function comparable({ status, headers, body }: ClientResponse) {
  const { date, "x-request-id": requestId, ...rest } = headers;
  return { status, headers: rest, body: body.replace(String(requestId), "") };
}

describe("the address of a client", () => {
  it("is what nginx saw, whatever the client claims", async () => {
    expect(addressOf(await overTls("/healthz", { headers: FAR }))).toBe("198.51.100.7");
    expect(addressOf(await overTls("/healthz", { headers: { ...FAR, ...LIES } }))).toBe("198.51.100.7");
    expect(addressOf(await overTls("/healthz", { headers: LIES }))).toBe("127.0.0.1");
  });

  it("is what the first of two nginx saw", async () => {
    const between = { "Inner-Address": "192.0.2.99" };
    for (const claims of [{}, LIES]) {
      const headers = { ...FAR, ...between, ...claims };
      const answer = await fetchOnce(`https://127.0.0.1:${outer.tlsPort}/healthz`, { headers });
      expect(addressOf(answer, behindTwo)).toBe("198.51.100.7");
    }
  });

  it("goes with how the first of two nginx was reached, not with how they talk to each other", async () => {
    const { secret: key } = await behindTwo.issue();
    const good = await fetchOnce(`https://127.0.0.1:${outer.tlsPort}/data`, withKey(key, FAR));
    expect(good.status).toBe(200);
    expect(good.headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
    const bad = await fetchOnce(`http://127.0.0.1:${outer.plainPort}/data`, withKey(key, { ...FAR, ...LIES }));
    expect(codeOf(bad)).toBe("key-in-cleartext");
  });
});

describe("behind the documented nginx, a request that is too large", () => {
  it("by its headers gets 431 from the service, and far larger ones from nginx", async () => {
    for (const count of [1, 4]) {
      const filler = Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-fill-${at}`, "a".repeat(19_000)]));
      const answer = await overTls("/data", withKey(secret, filler));
      expect(answer.status).toBe(431);
      expect(codeOf(answer)).toBe("headers-too-large");
    }
    const answer = await overTls("/data", withKey(secret, { "x-fill": "a".repeat(60_000) }));
    expect(answer.status).toBe(431);
    expect(codeOf(answer)).toBe("headers-too-large");
    expect((await overTls(`/${"a".repeat(60_000)}`)).status).toBe(431);
  });

  it("by its body gets 413 from the service, and far larger ones from nginx", async () => {
    for (const bytes of [66_000, 900_000, 3_000_000]) {
      const answer = await overTls("/v1/clients", {
        method: "POST",
        headers: { "x-api-key": secret, "content-type": "application/json" },
        body: JSON.stringify({ name: "a".repeat(bytes) }),
      });
      expect([bytes, answer.status, codeOf(answer)]).toEqual([bytes, 413, "content-too-large"]);
      expect(answer.headers["content-type"]).toBe("application/problem+json");
    }
  });
});

describe("the documented nginx", () => {
  it("keeps its connection to the service between requests", async () => {
    let connections = 0;
    const service = createServer((_, res) => void res.end()).on("connection", () => connections++);
    service.listen(0, "127.0.0.1");
    await once(service, "listening");
    const { plainPort } = await start("kept", (service.address() as AddressInfo).port);
    for (let count = 0; count < 20; count++) await fetchOnce(`http://127.0.0.1:${plainPort}/`);
    service.close();
    service.closeAllConnections();
    expect(connections).toBe(1);
  });
});
