import { copyFileSync, writeFileSync } from "node:fs";
import { Agent, get } from "node:https";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { CertificateUnusable, loadCertificate } from "../../../src/http/server/tls.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { exchangeRaw } from "../../support/wire/raw.ts";

const CERTIFICATES = join(import.meta.dirname, "../../support/certificates");
const pathsOf = (name: string) => ({
  certPath: join(CERTIFICATES, `${name}.cert.pem`),
  keyPath: join(CERTIFICATES, `${name}.key.pem`),
});

const folder = temporaryFolder();
const used = { certPath: join(folder, "cert.pem"), keyPath: join(folder, "key.pem") };

function use(name: string) {
  copyFileSync(pathsOf(name).certPath, used.certPath);
  copyFileSync(pathsOf(name).keyPath, used.keyPath);
}

use("first");
const service = aService({ LATCHKEY_TLS_CERT: used.certPath, LATCHKEY_TLS_KEY: used.keyPath });
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue());
});

/** Calls /data; the certificates of the tests are not signed, so it returns the one it saw. */
function call(agent = new Agent({ maxCachedSessions: 0 })) {
  const options = { rejectUnauthorized: false, agent, headers: { "x-api-key": secret } };
  return new Promise<{ status: number | undefined; headers: object; seen: string }>((resolve, reject) => {
    get(`${service.url}/data`, options, (res) => {
      const seen = String((res.socket as TLSSocket).getPeerCertificate().subject.CN);
      res.resume().on("end", () => resolve({ status: res.statusCode, headers: res.headers, seen }));
    }).on("error", reject);
  });
}

async function until(condition: () => boolean) {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

describe("the service over TLS", () => {
  it("accepts keys, and sends HSTS", async () => {
    expect(service.url).toMatch(/^https:/);
    expect(await call()).toMatchObject({
      status: 200,
      seen: "first.test",
      headers: { "strict-transport-security": "max-age=31536000; includeSubDomains" },
    });
  });

  it("does not respond to a client without TLS", async () => {
    expect(await exchangeRaw(service.port, "GET /data HTTP/1.1\r\nHost: a\r\n\r\n")).not.toContain("HTTP/1.1 2");
    await until(() => service.logged().some(({ msg }) => msg === "no TLS"));
  });

  it("uses a renewed certificate, and keeps open connections", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });
    expect((await call(agent)).seen).toBe("first.test");
    use("second");
    await until(() => service.logged().some(({ msg }) => msg === "certificate reloaded"));
    expect((await call(agent)).seen).toBe("first.test");
    expect((await call()).seen).toBe("second.test");
    agent.destroy();
  });

  it("keeps its certificate when the new one cannot be used, and logs it", async () => {
    writeFileSync(used.certPath, "nonsense");
    await until(() => service.logged().some(({ msg, level }) => msg === "certificate not reloaded" && level === 50));
    expect((await call()).seen).toBe("second.test");
  });
});

describe("a certificate", () => {
  it("is refused when a file is missing, naming the setting and the file", () => {
    const missing = { ...pathsOf("first"), certPath: "/nowhere/cert.pem" };
    expect(() => loadCertificate(missing)).toThrow(CertificateUnusable);
    expect(() => loadCertificate(missing)).toThrow("LATCHKEY_TLS_CERT: /nowhere/cert.pem cannot be read (ENOENT)");
  });

  it("is refused when the key belongs to another one", () => {
    const mixed = { certPath: pathsOf("first").certPath, keyPath: pathsOf("second").keyPath };
    expect(() => loadCertificate(mixed)).toThrow("are not a certificate (PEM) and its private key");
  });
});
