import { once } from "node:events";
import type { Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { connect as connectTls } from "node:tls";
import { afterEach, describe, expect, it } from "@jest/globals";
import { type ConnectionSettings, toConnectionLimit } from "../../../src/http/server/connection-limit.ts";
import { createListener } from "../../../src/http/server/listener.ts";
import { loadCertificate } from "../../../src/http/server/tls.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { systemRandom } from "../../../src/lib/random.ts";
import { systemClock } from "../../../src/lib/time/clock.ts";
import { createMeter } from "../../../src/usage/meter.ts";

const certificates = join(import.meta.dirname, "../../support/certificates");
const certificate = loadCertificate({
  certPath: join(certificates, "first.cert.pem"),
  keyPath: join(certificates, "first.key.pem"),
});
const REQUEST = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function aServer(most: number, isTls: boolean) {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLog({ level: "info", secrets: /never/g, destination });
  const server: Server = createListener((_req, res) => void res.end(), {
    log,
    random: systemRandom,
    clock: systemClock,
    meter: createMeter(),
    maxConnections: 100,
    connectionLimit: { most, isExempt: () => false },
    certificate: isTls ? certificate : undefined,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  /** Opens a connection and asks on it. @returns undefined where it is closed instead. */
  const ask = async (localAddress?: string) => {
    const options = { port, host: "127.0.0.1", rejectUnauthorized: false, ...(localAddress && { localAddress }) };
    const socket = (isTls ? connectTls(options) : connect(options)).on("error", () => {});
    closing.push(() => socket.destroy());
    socket.write(REQUEST);
    const isAnswered = await Promise.race([
      new Promise((resolve) => socket.once("data", () => resolve(true))),
      new Promise((resolve) => socket.once("close", () => resolve(false))),
    ]);
    return isAnswered ? socket : undefined;
  };
  return { ask, lines, server };
}

describe.each([false, true])("an address at its connection limit (TLS: %s)", (isTls) => {
  it("gets no further connection until it closes one, which is logged; other addresses do", async () => {
    const { ask, lines, server } = await aServer(2, isTls);
    const [first, second, third] = [await ask(), await ask(), await ask()];
    expect([first, second, third].map((one) => one !== undefined)).toEqual([true, true, false]);
    expect(lines.join("")).toContain('"address":"127.0.0.1","limit":2,"msg":"too many connections from one address"');
    expect(await ask("127.0.0.2")).toBeDefined();

    const connections = () => new Promise((resolve) => server.getConnections((_, count) => resolve(count)));
    const closed = once(first as never, "close");
    first?.destroy();
    await closed;
    while ((await connections()) !== 2) await new Promise((resolve) => setTimeout(resolve, 10));
    expect(await ask()).toBeDefined();
    expect(await ask()).toBeUndefined();
  });
});

describe("the connection limit of the settings", () => {
  const settings: ConnectionSettings = {
    maxConnectionsPerAddress: 10,
    trustedHops: 0,
    authorizeFrom: ["10.0.0.0/8", "fd00::/8"],
  };

  it("does not apply to this machine, nor to proxies for forward auth", () => {
    const share = toConnectionLimit(settings);
    const addresses = ["127.0.0.1", "::1", "10.1.2.3", "fd00::1", "192.0.2.1", "2001:db8::1", "unknown"];
    expect(addresses.filter((address) => share?.isExempt(address))).toEqual(addresses.slice(0, 4));
    expect(share?.most).toBe(10);
  });

  it("is off behind a trusted proxy, and if it is 0", () => {
    expect(toConnectionLimit({ ...settings, trustedHops: 1 })).toBeUndefined();
    expect(toConnectionLimit({ ...settings, maxConnectionsPerAddress: 0 })).toBeUndefined();
  });
});
