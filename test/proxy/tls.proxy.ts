import { copyFileSync, renameSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { connect } from "node:tls";
import { describe, expect, it } from "@jest/globals";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { startLatchkey } from "../support/process/child.ts";
import { type CertificateFiles, makeCertificate } from "../support/programs/certificate.ts";
import { aService, type TestService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { fetchOnce } from "../support/wire/client.ts";
import { aRequest, exchangeRaw } from "../support/wire/raw.ts";

const folder = temporaryFolder();
const [first, second] = [makeCertificate(folder, "first"), makeCertificate(folder, "second")];
const used: CertificateFiles = { certPath: join(folder, "used.cert.pem"), keyPath: join(folder, "used.key.pem") };
const SETTINGS = { LATCHKEY_TLS_CERT: used.certPath, LATCHKEY_TLS_KEY: used.keyPath };

putInUse(first);
const service = aService(SETTINGS);

/** Replaces the files like certificate tools do: each file is either complete or the old one. */
function putInUse({ certPath, keyPath }: CertificateFiles) {
  for (const [from, to] of [[keyPath, used.keyPath] as const, [certPath, used.certPath] as const]) {
    copyFileSync(from, `${to}.new`);
    renameSync(`${to}.new`, to);
  }
}

const countOf = (msg: string) => service.logged().filter((line) => line["msg"] === msg).length;

/** Resolves when the service has logged `msg` more than `before` times; it checks its files every second. */
async function untilLogged(msg: string, before: number) {
  for (let tries = 0; countOf(msg) <= before; tries++) {
    if (tries === 1000) throw new Error(`The service has not logged: ${msg}`);
    await wait(20);
  }
}

/** The negotiated version of TLS, or the error code. */
function shakeHands({ port }: TestService, maxVersion: "TLSv1.1" | "TLSv1.2" | "TLSv1.3"): Promise<string> {
  return new Promise((resolve) => {
    // OpenSSL offers versions below 1.2 at this level only.
    const ciphers = "DEFAULT@SECLEVEL=0";
    const options = {
      port,
      host: "127.0.0.1",
      minVersion: "TLSv1",
      maxVersion,
      ciphers,
      rejectUnauthorized: false,
    } as const;
    const socket = connect(options, () => {
      resolve(socket.getProtocol() ?? "");
      socket.destroy();
    });
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
  });
}

describe("the service with a certificate", () => {
  it("serves HTTPS, accepts keys, and sends HSTS in every response", async () => {
    const { secret } = await service.issue();
    expect(service.url).toMatch(/^https:/);
    const responses = await Promise.all([
      fetchOnce(`${service.url}/data`, { headers: { "x-api-key": secret } }),
      fetchOnce(`${service.url}/data`),
      fetchOnce(`${service.url}/docs`),
      fetchOnce(`${service.url}/nothing`),
      fetchOnce(`${service.url}/data`, { headers: { "x-fill": "a".repeat(20_000) } }),
    ]);
    expect(responses.map(({ status }) => status)).toEqual([200, 401, 200, 404, 431]);
    for (const { headers } of responses)
      expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
  });

  it("supports TLS 1.2 and 1.3, and nothing older", async () => {
    expect(await shakeHands(service, "TLSv1.3")).toBe("TLSv1.3");
    expect(await shakeHands(service, "TLSv1.2")).toBe("TLSv1.2");
    expect(await shakeHands(service, "TLSv1.1")).toBe("ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION");
  });

  it("does not respond to plain HTTP, logs no key of it, and keeps running", async () => {
    const text = await exchangeRaw(service.port, aRequest("/data", [`x-api-key: ${UNKNOWN_SECRET}`]));
    expect(text).not.toMatch(/^HTTP/);
    expect(JSON.stringify(service.logged())).not.toContain(UNKNOWN_SECRET);
    expect((await fetchOnce(`${service.url}/healthz`)).status).toBe(200);
  });
});

describe("a certificate that is renewed", () => {
  it("applies to new connections, while open ones continue", async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    expect((await fetchOnce(`${service.url}/healthz`, { agent })).certificate).toBe("first");
    const before = countOf("certificate reloaded");
    // Regular requests, because the service closes idle connections.
    const responses: ReturnType<typeof fetchOnce>[] = [];
    const requesting = setInterval(() => responses.push(fetchOnce(`${service.url}/healthz`, { agent })), 200);
    putInUse(second);
    await untilLogged("certificate reloaded", before);
    clearInterval(requesting);

    const open = await Promise.all([...responses, fetchOnce(`${service.url}/healthz`, { agent })]);
    agent.destroy();
    expect(open.every(({ status, certificate }) => status === 200 && certificate === "first")).toBe(true);
    expect((await fetchOnce(`${service.url}/healthz`)).certificate).toBe("second");
  });

  it("is logged if it is broken, and the old one stays", async () => {
    const before = countOf("certificate not reloaded");
    writeFileSync(used.certPath, "no certificate");
    await untilLogged("certificate not reloaded", before);
    expect((await fetchOnce(`${service.url}/healthz`)).certificate).toBe("second");
    const [line] = service
      .logged()
      .filter(({ msg }) => msg === "certificate not reloaded")
      .slice(-1);
    expect(line).toMatchObject({ level: 50, err: { message: expect.stringContaining(used.certPath) } });
    expect(JSON.stringify(line)).not.toContain("PRIVATE KEY");

    const reloads = countOf("certificate reloaded");
    putInUse(first);
    await untilLogged("certificate reloaded", reloads);
    expect((await fetchOnce(`${service.url}/healthz`)).certificate).toBe("first");
  });
});

describe("a start with a certificate that cannot be used", () => {
  const broken = join(folder, "broken.pem");
  writeFileSync(broken, "no certificate");
  const absent = join(folder, "absent.pem");

  it.each([
    ["whose file is missing", { cert: absent, key: first.keyPath }, /^LATCHKEY_TLS_CERT: .* \(ENOENT\)/],
    ["whose key file is missing", { cert: first.certPath, key: absent }, /^LATCHKEY_TLS_KEY: .* \(ENOENT\)/],
    [
      "with the key of another certificate",
      { cert: first.certPath, key: second.keyPath },
      /are not a certificate .* and its private key/,
    ],
    ["that is not a certificate", { cert: broken, key: first.keyPath }, /are not a certificate .* and its private key/],
    ["without a key", { cert: first.certPath, key: "" }, /go together: set both, or neither/],
    ["whose path is a folder", { cert: folder, key: first.keyPath }, /^LATCHKEY_TLS_CERT: .* \(EISDIR\)/],
  ])("%s ends with one line and exit code 1", async (_, { cert, key }, words) => {
    const settings = { PORT: "0", DATABASE_URL: "sqlite::memory:", LATCHKEY_TLS_CERT: cert, LATCHKEY_TLS_KEY: key };
    const { code, out, err } = await startLatchkey(["serve"], settings).ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(words);
    expect(err).toMatch(/^[^\n]+\n$/);
  });
});
