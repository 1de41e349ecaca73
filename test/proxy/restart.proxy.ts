import { Agent } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startLatchkey } from "../support/process/child.ts";
import { aFreePort } from "../support/process/ports.ts";
import { makeCertificate } from "../support/programs/certificate.ts";
import { type RunningProxy, startHaproxy, startNginx, untilLogged } from "../support/programs/proxies.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { type ClientResponse, fetchOnce } from "../support/wire/client.ts";
import { requestOn } from "../support/wire/keep-requesting.ts";

const folder = temporaryFolder();
let environment: Readonly<Record<string, string>> = {};
let proxy: RunningProxy;
let secret = "";

beforeAll(async () => {
  const servicePort = await aFreePort();
  environment = {
    PORT: String(servicePort),
    DATABASE_URL: `sqlite:${folder}/latchkey.db`,
    LATCHKEY_TRUST_PROXY: "1",
  };
  // The test calls more often than the default plan allows.
  await startLatchkey("clients create acme --plan unlimited".split(" "), environment).ended;
  const words = "keys create --client acme --scope info:read --scope data:read".split(" ");
  ({ secret } = JSON.parse((await startLatchkey([...words, "--json"], environment).ended).out));
  proxy = await startNginx({ folder: join(folder, "nginx"), servicePort, certificate: makeCertificate(folder) });
});

async function startService() {
  const child = startLatchkey(["serve"], environment);
  await child.out.until(/"msg":"listening"/);
  return child;
}

const requestData = () => fetchOnce(`https://127.0.0.1:${proxy.tlsPort}/data`, { headers: { "x-api-key": secret } });

describe("behind nginx, a service that is restarted", () => {
  it("gives its clients a response or a 503 with Retry-After at any time", async () => {
    const responses: ClientResponse[] = [];
    let isOver = false;
    const first = await startService();
    const clients = Array.from({ length: 5 }, async () => {
      while (!isOver) responses.push(await requestData());
    });
    await untilMore(responses, 50);

    first.process.kill("SIGTERM");
    expect((await first.ended).code).toBe(0);
    await untilMore(responses, 20);
    const second = await startService();
    await untilMore(responses, 50);
    isOver = true;
    await Promise.all(clients);

    const others = responses.filter(({ status }) => status !== 200 && status !== 503);
    expect(others).toEqual([]);
    for (const { headers, body } of responses.filter(({ status }) => status === 503)) {
      expect(headers).toMatchObject({
        "content-type": "application/problem+json",
        "retry-after": "1",
        "cache-control": "no-store",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
      });
      expect(JSON.parse(body)).toMatchObject({ code: "unavailable", status: 503, requestId: headers["x-request-id"] });
    }
    expect(responses.some(({ status }) => status === 503)).toBe(true);
    expect(responses.at(-1)?.status).toBe(200);
    second.process.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
  });

  it("leaves no key in the logs of nginx while it is down", async () => {
    const headers = { "x-api-key": secret, referer: `https://127.0.0.1/info?api_key=${secret}` };
    const response = await fetchOnce(`https://127.0.0.1:${proxy.tlsPort}/info?api_key=${secret}`, { headers });
    expect(response.status).toBe(503);
    await untilLogged(proxy, String(response.headers["x-request-id"]));
    expect(proxy.logs()).not.toContain(secret);
  });
});

const CALLS = 20_000;

describe("behind HAProxy, two services that are restarted in turn", () => {
  it(`respond to each of ${CALLS} calls on open connections`, async () => {
    const ports = [await aFreePort(), await aFreePort()] as const;
    const start = async (port: number) => {
      const child = startLatchkey(["serve"], { ...environment, PORT: String(port) });
      await child.out.until(/"msg":"listening"/);
      return child;
    };
    const services = [await start(ports[0]), await start(ports[1])];
    const haproxy = await startHaproxy(join(folder, "haproxy"), ports);
    await haproxy.untilServed(2);

    const seen: Record<string, number> = {};
    let calls = 0;
    let isOver = false;
    const url = `http://127.0.0.1:${haproxy.port}/data`;
    const clients = Array.from({ length: 20 }, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (!isOver) {
        const outcome = await requestOn(url, agent, { "x-api-key": secret }).then(
          ({ status }) => String(status),
          (error: NodeJS.ErrnoException) => error.code ?? error.message,
        );
        seen[outcome] = (seen[outcome] ?? 0) + 1;
        calls++;
      }
      agent.destroy();
    });
    let restarts = 0;
    while (calls < CALLS || restarts < 4) {
      const turn = restarts % 2;
      services[turn]?.process.kill("SIGTERM");
      expect((await services[turn]?.ended)?.code).toBe(0);
      services[turn] = await start(ports[turn] ?? 0);
      await haproxy.untilServed(2);
      restarts++;
    }
    isOver = true;
    await Promise.all(clients);
    expect(seen).toEqual({ 200: calls });

    for (const { process, ended } of services) {
      process.kill("SIGTERM");
      expect((await ended).code).toBe(0);
    }
  }, 240_000);
});

/** Resolves when `count` more responses have arrived. */
async function untilMore(responses: readonly ClientResponse[], count: number) {
  const goal = responses.length + count;
  while (responses.length < goal) await wait(10);
}
