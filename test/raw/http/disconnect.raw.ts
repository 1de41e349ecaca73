import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import type { RequestListener } from "node:http";
import { Agent } from "node:http";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { createDice } from "../../support/model/dice.ts";
import { type Child, LATCHKEY, startChild, startLatchkey } from "../../support/process/child.ts";
import { temporaryFolder } from "../../support/temporary.ts";
import { anUpstream } from "../../support/upstream.ts";
import { DISCONNECT_POINTS, disconnect, JSON_BODIES, type Shape, toBytes } from "../../support/wire/disconnecting.ts";
import { requestOn } from "../../support/wire/keep-requesting.ts";

/** For each of the six entrances. */
const DISCONNECTS = 3_600;
const CALLERS = 60;

const OK = "responses: { '200': { description: Fine., content: { application/json: { schema: { type: object } } } } }";
const BODY = "requestBody: { required: true, content: { application/json: { schema: { type: object } } } }";
const PLENTY = "requests: 1000000, windowSeconds: 1, burst: 1000000";
const CONTRACT = `openapi: 3.1.1
info: { title: Disconnect, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey:
  defaultPlan: all
  plans: { all: { limits: { perClient: { ${PLENTY} } } } }
  limits: { perAddress: { per: address, ${PLENTY} } }
paths:
  /items: { get: { operationId: getItem, security: [{ Key: [] }], ${OK} } }
  /orders: { post: { operationId: addOrder, security: [{ Key: [] }], ${BODY}, ${OK} } }
  /open: { post: { operationId: addOpen, security: [], x-latchkey: { limits: [perAddress] }, ${BODY}, ${OK} } }
  /checked: { post: { operationId: addChecked, security: [], x-latchkey: { responses: enforce }, ${BODY}, ${OK} } }
  /files: { put: { operationId: putFile, security: [{ Key: [] }], requestBody: { content: { image/png: {} } }, ${OK} } }
components: { securitySchemes: { Key: { type: apiKey, in: header, name: x-api-key } } }
`;

const folder = temporaryFolder();
const contract = join(folder, "contract.yaml");
writeFileSync(contract, CONTRACT);

const FILE: Shape = {
  method: "PUT",
  target: "/files",
  lines: ["Content-Type: image/png"],
  body: Buffer.alloc(100_000),
};
const CONTRACT_REQUESTS: readonly Shape[] = [
  { method: "GET", target: "/items" },
  FILE,
  ...["/orders", "/open", "/checked"].flatMap((target) =>
    JSON_BODIES.map((body): Shape => ({ method: "POST", target, ...body })),
  ),
];
const BUILT_IN_REQUESTS: readonly Shape[] = [
  ...["/data", "/v1/key", "/v1/clients", "/metrics", "/openapi.json", "/docs", "/nothing"].map(
    (target): Shape => ({ method: "GET", target }),
  ),
  ...JSON_BODIES.map((body): Shape => ({ method: "POST", target: "/v1/clients", ...body })),
];
const FORWARD_AUTH_REQUESTS: readonly Shape[] = ["GET", "POST"].map((method) => ({
  method: "GET",
  target: "/v1/authorize",
  lines: [`X-Original-Method: ${method}`, `X-Original-URI: ${method === "GET" ? "/data" : "/v1/clients"}`],
}));

/** An upstream that is slow, breaks off, or sends a large response; well-behaved clients get theirs at once. */
const dice = createDice(18);
const misbehave: RequestListener = (req, res) => {
  for (const one of [req, res]) one.on("error", () => {});
  res.setHeader("Content-Type", "application/json");
  if (req.url === "/items") return void res.end('{"ok":true}');
  req.resume();
  const text = JSON.stringify({ text: "x".repeat(dice.pick([1, 300_000])) });
  setTimeout(() => (dice.below(20) === 0 ? req.socket.destroy() : res.end(text)), dice.below(8));
};
const upstream = anUpstream();

/** Runs a command on the database of an entrance. */
function latchkey(settings: Record<string, string>, words: string) {
  const [program = "", ...rest] = [...LATCHKEY, ...words.split(" "), "--json"];
  const { stdout, stderr, status } = spawnSync(program, rest, {
    env: { ...process.env, ...settings },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`${words}: ${stderr}`);
  return JSON.parse(stdout);
}

type Entrance = {
  readonly settings: Readonly<Record<string, string>>;
  readonly shapes: readonly Shape[];
  /** What well-behaved clients request. */
  readonly honest: Shape;
  readonly scope: string;
  readonly start: (settings: Record<string, string>) => Child;
};

const GATEWAY: Entrance = {
  settings: { LATCHKEY_CONTRACT: contract, LATCHKEY_LENIENT: "true" },
  shapes: CONTRACT_REQUESTS,
  honest: { method: "GET", target: "/items" },
  scope: "",
  start: (settings) => startLatchkey(["serve"], { ...settings, LATCHKEY_UPSTREAM: upstream.url }),
};
const BUILT_IN: Entrance = {
  settings: {},
  shapes: BUILT_IN_REQUESTS,
  honest: { method: "GET", target: "/data" },
  scope: "--scope data:read",
  start: (settings) => startLatchkey(["serve"], settings),
};
const HOST_APP = join(import.meta.dirname, "../../support/process/host-app.ts");

const ENTRANCES: readonly (readonly [name: string, Entrance])[] = [
  ["the gateway", GATEWAY],
  ["the gateway with two workers", { ...GATEWAY, settings: { ...GATEWAY.settings, LATCHKEY_WORKERS: "2" } }],
  ["the service alone", BUILT_IN],
  ["the service with the validator alone", { ...BUILT_IN, settings: { LATCHKEY_FAST_PATH: "off" } }],
  ["the sidecar", { ...BUILT_IN, shapes: FORWARD_AUTH_REQUESTS, honest: FORWARD_AUTH_REQUESTS[0] as Shape }],
  ["the middleware", { ...GATEWAY, start: (settings) => startChild([process.execPath, HOST_APP, contract], settings) }],
];

describe.each(ENTRANCES)("clients that disconnect at any point, from %s,", (name, entrance) => {
  it("end no process, cause no fault in the log, and cost well-behaved clients no request", async () => {
    upstream.respondWith(misbehave, { streaming: true });
    const settings = {
      PORT: "0",
      DATABASE_URL: `sqlite:${join(folder, `${name}.db`)}`,
      LOG_LEVEL: "info",
      ...entrance.settings,
    };
    const keyOf = (client: string) =>
      latchkey(settings, `keys create --client ${client} --create-client ${entrance.scope}`.trim()).secret;
    if (entrance === BUILT_IN || entrance.settings["LATCHKEY_CONTRACT"] === undefined)
      for (const client of ["honest", "rude"]) latchkey(settings, `clients create ${client} --plan unlimited`);
    const [honest, rude] = [keyOf("honest"), keyOf("rude")];
    const child = entrance.start(settings);
    const [, port = ""] = await child.out.until(/127\.0\.0\.1:(\d+)/);
    const pids = processesOf(child);

    const shapeDice = createDice(name.length);
    let [disconnects, calls] = [0, 0];
    const caller = async () => {
      while (disconnects < DISCONNECTS && child.process.exitCode === null) {
        disconnects++;
        const key = shapeDice.pick([undefined, UNKNOWN_SECRET, rude, rude, rude]);
        await disconnect(
          Number(port),
          toBytes(shapeDice.pick(entrance.shapes), key),
          shapeDice.pick(DISCONNECT_POINTS),
          shapeDice,
        );
      }
    };
    const agents = Array.from({ length: 4 }, () => new Agent({ keepAlive: true, maxSockets: 1 }));
    const lost: unknown[] = [];
    const honestly = async (agent: Agent) => {
      while (disconnects < DISCONNECTS && child.process.exitCode === null) {
        calls++;
        const headers = { "x-api-key": honest, ...headersOf(entrance.honest) };
        const outcome = await requestOn(`http://127.0.0.1:${port}${entrance.honest.target}`, agent, headers).catch(
          String,
        );
        if (typeof outcome === "string" || outcome.status !== 200) lost.push(outcome);
      }
    };
    await Promise.all([...Array.from({ length: CALLERS }, caller), ...agents.map(honestly)]);
    for (const agent of agents) agent.destroy();

    expect({ code: child.process.exitCode, words: child.err.text(), lost }).toEqual({
      code: null,
      words: "",
      lost: [],
    });
    expect(calls).toBeGreaterThan(50);
    expect(processesOf(child)).toEqual(pids);
    expect(faultsIn(child)).toEqual([]);
    child.process.kill("SIGTERM");
    await child.ended;
    expect(faultsIn(child)).toEqual([]);
  });
});

function headersOf({ lines = [] }: Shape): Record<string, string> {
  return Object.fromEntries(lines.map((line) => line.split(": ") as [string, string]));
}

/** The process ids of the service and its workers, from the operating system. */
function processesOf({ process: { pid } }: Child): readonly string[] {
  return [String(pid), ...readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")];
}

function faultsIn({ out }: Child): readonly string[] {
  return out
    .text()
    .split("\n")
    .filter((line) => /"level":[56]0|a worker ended|[Uu]nhandled|[Uu]ncaught/.test(line));
}
