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

/** The client address for nginx; without it, the client is this machine. */
const REMOTE = { "Test-Address": "198.51.100.7" };
const FORGED = {
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

const overTls = (target: string, options: CallOptions = {}) =>
  fetchOnce(`https://127.0.0.1:${near.tlsPort}${target}`, options);
const inClear = (target: string, options: CallOptions = {}) =>
  fetchOnce(`http://127.0.0.1:${near.plainPort}${target}`, options);
const withKey = (key: string, more: Readonly<Record<string, string>> = {}): CallOptions => ({
  headers: { "x-api-key": key, ...more },
});
const codeOf = ({ body }: ClientResponse) => JSON.parse(body).code;

/** The address that the service logged for this response. */
function addressOf({ headers }: ClientResponse, service = behindOne) {
  return service
    .logged()
    .find(({ requestId, msg }) => requestId === headers["x-request-id"] && msg === "response sent")?.["address"];
}

describe("behind the documented nginx, a key", () => {
  it("is admitted over TLS", async () => {
    const { status, headers, body } = await overTls("/data", withKey(secret, REMOTE));
    expect({ status, body: JSON.parse(body) }).toMatchObject({ status: 200, body: { message: "Access granted" } });
    expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
    expect(headers["cache-control"]).toBe("no-store");
    expect(headers.server).toBe("nginx");
  });

  it("is refused in clear text, valid or not, with the same bytes except for request id and date", async () => {
    const [good, bad] = await Promise.all(
      [secret, UNKNOWN_SECRET].map((key) => inClear("/data", withKey(key, REMOTE))),
    );
    expect(comparable(good!)).toEqual(comparable(bad!));
    expect(good).toMatchObject({ status: 403 });
    expect(codeOf(good!)).toBe("key-in-cleartext");
    expect(good!.headers).not.toHaveProperty("location");
    expect(good!.headers).not.toHaveProperty("strict-transport-security");
  });

  it("is refused in clear text whatever the client sends about itself", async () => {
    for (const forged of [FORGED, { ...FORGED, "X-Forwarded-For": "127.0.0.1" }]) {
      const response = await inClear("/data", withKey(secret, { ...REMOTE, ...forged }));
      expect(codeOf(response)).toBe("key-in-cleartext");
      expect(addressOf(response)).toBe("198.51.100.7");
    }
  });

  it("that is missing is a 401 with the challenge", async () => {
    const response = await overTls("/data");
    expect(response).toMatchObject({
      status: 401,
      headers: { "www-authenticate": 'Bearer realm="latchkey"', "content-type": "application/problem+json" },
    });
    expect(codeOf(response)).toBe("key-missing");
  });

  it("is not logged, not even when it comes in the URL", async () => {
    const { status, headers } = await overTls(`/info?api_key=${secret}`, withKey(secret));
    expect(status).toBe(200);
    await untilLogged(near, String(headers["x-request-id"]));
    expect(near.logs()).toContain('"path":"/info"');
    expect(near.logs()).not.toContain(secret);
  });
});

/** A response without the parts that differ between any two. */
function comparable({ status, headers, body }: ClientResponse) {
  const { date, "x-request-id": requestId, ...rest } = headers;
  return { status, headers: rest, body: body.replace(String(requestId), "") };
}

describe("the address of a client", () => {
  it("is the one that nginx saw, whatever the client sends", async () => {
    expect(addressOf(await overTls("/healthz", { headers: REMOTE }))).toBe("198.51.100.7");
    expect(addressOf(await overTls("/healthz", { headers: { ...REMOTE, ...FORGED } }))).toBe("198.51.100.7");
    expect(addressOf(await overTls("/healthz", { headers: FORGED }))).toBe("127.0.0.1");
  });

  it("is the one that the first of two nginx saw", async () => {
    const between = { "Inner-Address": "192.0.2.99" };
    for (const claims of [{}, FORGED]) {
      const headers = { ...REMOTE, ...between, ...claims };
      const response = await fetchOnce(`https://127.0.0.1:${outer.tlsPort}/healthz`, { headers });
      expect(addressOf(response, behindTwo)).toBe("198.51.100.7");
    }
  });

  it("is judged by the connection to the first of two nginx, not by the one between them", async () => {
    const { secret: key } = await behindTwo.issue();
    const good = await fetchOnce(`https://127.0.0.1:${outer.tlsPort}/data`, withKey(key, REMOTE));
    expect(good.status).toBe(200);
    expect(good.headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
    const bad = await fetchOnce(`http://127.0.0.1:${outer.plainPort}/data`, withKey(key, { ...REMOTE, ...FORGED }));
    expect(codeOf(bad)).toBe("key-in-cleartext");
  });
});

describe("behind the documented nginx, a request that is too large", () => {
  it("by its headers is a 431 by the service, and by nginx if it is far larger", async () => {
    for (const count of [1, 4]) {
      const filler = Object.fromEntries(Array.from({ length: count }, (_, at) => [`x-fill-${at}`, "a".repeat(19_000)]));
      const response = await overTls("/data", withKey(secret, filler));
      expect(response.status).toBe(431);
      expect(codeOf(response)).toBe("headers-too-large");
    }
    const response = await overTls("/data", withKey(secret, { "x-fill": "a".repeat(60_000) }));
    expect(response.status).toBe(431);
    expect(codeOf(response)).toBe("headers-too-large");
    expect((await overTls(`/${"a".repeat(60_000)}`)).status).toBe(431);
  });

  it("by its body is a 413 by the service, and by nginx if it is far larger", async () => {
    for (const bytes of [66_000, 900_000, 3_000_000]) {
      const response = await overTls("/v1/clients", {
        method: "POST",
        headers: { "x-api-key": secret, "content-type": "application/json" },
        body: JSON.stringify({ name: "a".repeat(bytes) }),
      });
      expect([bytes, response.status, codeOf(response)]).toEqual([bytes, 413, "content-too-large"]);
      expect(response.headers["content-type"]).toBe("application/problem+json");
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
