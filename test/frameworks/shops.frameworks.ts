import { spawnSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { type Child, LATCHKEY, startChild } from "../support/process/child.ts";
import { aFreePort, isOpen } from "../support/process/ports.ts";
import { ROOT } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { installedNode, installedPython } from "./installed.ts";

/** A program of a framework, and its client. */
type Shop = {
  readonly start: (port: number) => readonly string[];
  /** The client that makes the same calls each time. It prints the responses. */
  readonly client: (url: string, key?: string) => readonly string[];
  /** Where the framework serves its contract. */
  readonly contract: string;
};

type Response = {
  readonly call: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

const folder = temporaryFolder();
const PYTHON = join(ROOT, "test/frameworks/python");

const python = (name: string): Omit<Shop, "contract"> => ({
  start: (port) => [
    installedPython(),
    ..."-B -m uvicorn --log-level warning --app-dir".split(" "),
    ...[PYTHON, "--port", String(port), `shop_${name}:app`],
  ],
  client: (url, key) => [installedPython(), "-B", join(PYTHON, `calls_${name}.py`), url, ...(key ? [key] : [])],
});

const node = (name: string): Omit<Shop, "contract"> => ({
  start: (port) => [process.execPath, join(installedNode(), `shop-${name}.js`), String(port)],
  client: (url, key) => [process.execPath, join(installedNode(), "calls.js"), name, url, ...(key ? [key] : [])],
});

const SHOPS: readonly (readonly [string, Shop])[] = [
  ["FastAPI", { ...python("fastapi"), contract: "/openapi.json" }],
  ["Django REST framework", { ...python("drf"), contract: "/api/schema/" }],
  ["Fastify", { ...node("fastify"), contract: "/documentation/json" }],
  ["NestJS", { ...node("nest"), contract: "/docs-json" }],
];

async function listening(child: Child, port: number) {
  while (!(await isOpen(port))) {
    if (child.process.exitCode !== null) throw new Error(`It did not start:\n${child.out.text()}${child.err.text()}`);
    await wait(50);
  }
}

function callsOf(words: readonly string[]): readonly Response[] {
  const [program = "", ...rest] = words;
  const { status, stdout, stderr } = spawnSync(program, rest, { encoding: "utf8" });
  if (status !== 0) throw new Error(`The client failed:\n${stderr}`);
  return JSON.parse(stdout);
}

/** What the service adds, or decides itself, stands aside. */
function comparable({ call, status, headers, body }: Response, origin: string) {
  const { "cache-control": _cache, "x-powered-by": _powered, ...others } = headers;
  return { call, status, headers: others, body: body.replaceAll(origin, "http://shop") };
}

describe("a shop in FastAPI with requests: report", () => {
  it("refuses invalid requests itself, as before", async () => {
    const { start, contract } = { ...python("fastapi"), contract: "/openapi.json" };
    const { client } = python("fastapi_invalid");
    const [shopPort, servicePort] = [await aFreePort(), await aFreePort()];
    const upstream = `http://127.0.0.1:${shopPort}`;
    await listening(startChild(start(shopPort), {}, folder), shopPort);
    const empty = join(folder, "reported");
    mkdirSync(empty);
    const settings = { PORT: String(servicePort), LOG_LEVEL: "warn", LATCHKEY_REQUESTS: "report" };
    const service = startChild(
      [...LATCHKEY, "init", `${upstream}${contract}`, "--upstream", upstream],
      settings,
      empty,
    );
    const [, key = ""] = await service.out.until(/curl -H 'x-api-key: (lk_test_\w+)'/);
    await service.out.until(/Try the API in a browser/);

    const short = ({ call, status, body }: Response) => ({ call, status, body });
    const direct = callsOf(client(upstream)).map(short);
    expect(new Set(direct.map(({ status }) => status))).toEqual(new Set([422]));
    expect(callsOf(client(`http://127.0.0.1:${servicePort}`, key)).map(short)).toEqual(direct);
    const words = [...LATCHKEY, "contract", "observe", "--json"];
    const environment = { LATCHKEY_CONTRACT: "openapi.latchkey.json", LATCHKEY_UPSTREAM: upstream };
    const { out } = await startChild(words, environment, empty).ended;
    const operations = JSON.parse(out).items.map(({ operation }: { operation: string }) => operation);
    expect(operations).toEqual(expect.arrayContaining(["list_items_items__get", "create_item_items__post"]));
  });
});

describe.each(SHOPS)("a shop in %s that latchkey init puts behind keys", (name, shop) => {
  let direct: readonly Response[] = [];
  let served: readonly Response[] = [];
  let without: readonly Response[] = [];
  let upstream = "";
  let out = "";

  beforeAll(async () => {
    const [first, second, servicePort] = [await aFreePort(), await aFreePort(), await aFreePort()];
    const alone = startChild(shop.start(first), {}, folder);
    await listening(alone, first);
    direct = callsOf(shop.client(`http://127.0.0.1:${first}`)).map((one) => comparable(one, `127.0.0.1:${first}`));
    alone.process.kill();

    upstream = `http://127.0.0.1:${second}`;
    await listening(startChild(shop.start(second), {}, folder), second);
    const empty = join(folder, name);
    mkdirSync(empty);
    const words = [...LATCHKEY, "init", `${upstream}${shop.contract}`, "--upstream", upstream];
    const service = startChild(words, { PORT: String(servicePort), LOG_LEVEL: "warn" }, empty);
    const [, key = ""] = await service.out.until(/curl -H 'x-api-key: (lk_test_\w+)'/);
    await service.out.until(/Try the API in a browser/);
    const url = `http://127.0.0.1:${servicePort}`;
    without = callsOf(shop.client(url));
    served = callsOf(shop.client(url, key));
    out = service.out.text() + service.err.text();
    service.process.kill();
  });

  it("responds to its own client as before", () => {
    const seen = served.map((one) => comparable(one, `127.0.0.1:${new URL(upstream).port}`));
    expect(seen.map(({ call, status }) => `${call} ${status}`)).toEqual(
      direct.map(({ call, status }) => `${call} ${status}`),
    );
    for (const [index, { call, status, headers, body }] of direct.entries()) {
      expect(seen[index]).toMatchObject({ call, status, headers, body });
    }
  });

  it("needs a key for each of these calls", () => {
    expect(without.map(({ call, status, body }) => [call, status, JSON.parse(body).code])).toEqual(
      direct.map(({ call }) => [call, 401, "key-missing"]),
    );
  });

  it("stops with nothing that needs to be fixed first", () => {
    expect(out).toContain("Call the API:");
    expect(out).not.toMatch(/findings/);
  });
});
