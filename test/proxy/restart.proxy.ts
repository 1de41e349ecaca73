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
  // Nobody honest calls as often as this.
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

const askForData = () => fetchOnce(`https://127.0.0.1:${proxy.tlsPort}/data`, { headers: { "x-api-key": secret } });

describe("behind nginx, a service that is started anew", () => {
  it("is asked by clients all the time, who get their answers or are told to come back", async () => {
    const answers: ClientResponse[] = [];
    let isOver = false;
    const first = await startService();
    const clients = Array.from({ length: 5 }, async () => {
      while (!isOver) answers.push(await askForData());
    });
    await untilMore(answers, 50);

    first.process.kill("SIGTERM");
    expect((await first.ended).code).toBe(0);
    await untilMore(answers, 20);
    const second = await startService();
    await untilMore(answers, 50);
    isOver = true;
    await Promise.all(clients);

    const odd = answers.filter(({ status }) => status !== 200 && status !== 503);
    expect(odd).toEqual([]);
    for (const { headers, body } of answers.filter(({ status }) => status === 503)) {
      expect(headers).toMatchObject({
        "content-type": "application/problem+json",
        "retry-after": "1",
        "cache-control": "no-store",
        "strict-transport-security": "max-age=31536000; includeSubDomains",
      });
      expect(JSON.parse(body)).toMatchObject({ code: "unavailable", status: 503, requestId: headers["x-request-id"] });
    }
    expect(answers.some(({ status }) => status === 503)).toBe(true);
    expect(answers.at(-1)?.status).toBe(200);
    second.process.kill("SIGTERM");
    expect((await second.ended).code).toBe(0);
  });

  it("and is down meanwhile leaves no key in nginx's logs", async () => {
    const headers = { "x-api-key": secret, referer: `https://127.0.0.1/info?api_key=${secret}` };
    const answer = await fetchOnce(`https://127.0.0.1:${proxy.tlsPort}/info?api_key=${secret}`, { headers });
    expect(answer.status).toBe(503);
    await untilLogged(proxy, String(answer.headers["x-request-id"]));
    expect(proxy.logs()).not.toContain(secret);
  });
});

const CALLS = 20_000;

describe("behind HAProxy, two services that are restarted in turn", () => {
  it(`leave none of ${CALLS} calls on kept connections without its answer`, async () => {
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

/** Resolves when so many more answers are in. */
async function untilMore(answers: readonly ClientResponse[], count: number) {
  const goal = answers.length + count;
  while (answers.length < goal) await wait(10);
}
