import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import type { Request } from "./scenarios.ts";

export const CONNECTIONS = 32;

/** Of the load generator, and of everything else that is not measured. */
export const GENERATOR_CORE = "1";

/** A busy machine may let a server wait for seconds; only a response that never comes is an error. */
const TIMEOUT = "20s";

export type Figures = {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

export type Load = { readonly seconds: number /** Default: `CONNECTIONS`. */; readonly connections?: number };

export type Generator = {
  readonly name: string;
  /** @throws Error if any response had an unexpected status class. */
  readonly run: (port: number, request: Request, load: Load) => Promise<Figures>;
};

const CAN_PIN = spawnSync("taskset", ["-c", "0", "true"]).status === 0;

/**
 * The command line that runs `words` on these cores, or on any if the system cannot pin processes.
 * @param cores a list, such as "0" or "0,1".
 */
export function pinned(cores: string, words: readonly string[]): readonly string[] {
  return CAN_PIN ? ["taskset", "-c", cores, ...words] : words;
}

export function placing(): string {
  return CAN_PIN ? "the server on core 0, the generator on core 1" : "not pinned to cores: taskset is missing";
}

/** wrk if it is installed, otherwise autocannon, which uses more of its core. */
export function findGenerator(peers: string): Generator {
  return spawnSync("wrk", ["-v"]).error === undefined
    ? { name: "wrk", run: runWrk }
    : { name: "autocannon", run: (...words) => runAutocannon(peers, ...words) };
}

async function runWrk(port: number, request: Request, load: Load): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  try {
    const script = join(folder, "request.lua");
    writeFileSync(script, toLua(request));
    const { requests, microseconds, failed, refused, p50, p99 } = await wrk(script, urlOf(port, request), load);
    judge(request, { requests, failed, refused });
    return { requests, perSecond: (requests / microseconds) * 1e6, p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The figures that the script prints. */
async function wrk(script: string, url: string, { seconds, connections = CONNECTIONS }: Load) {
  const options = ["-t1", `-c${connections}`, `-d${seconds}s`, "--timeout", TIMEOUT, "-s", script];
  const [, json] = /FIGURES (.*)/.exec(await output(pinned(GENERATOR_CORE, ["wrk", ...options, url]))) ?? [];
  return JSON.parse(json ?? "{}");
}

function toLua({ method, headers, body, keys, once = false }: Request): string {
  const quoted = (text: string) => JSON.stringify(text);
  return [
    `wrk.method = ${quoted(method)}`,
    ...Object.entries(headers).map(([name, value]) => `wrk.headers[${quoted(name)}] = ${quoted(value)}`),
    ...(body === undefined ? [] : [`wrk.body = ${quoted(body)}`]),
    ...(keys === undefined ? [] : rotation(keys, once)),
    "function done(summary, latency)",
    "  local errors = summary.errors",
    `  io.write(string.format('FIGURES {"requests":%d,"microseconds":%d,"failed":%d,"refused":%d,"p50":%d,"p99":%d}\\n',`,
    "    summary.requests, summary.duration, errors.connect + errors.read + errors.write + errors.timeout, errors.status,",
    "    latency:percentile(50), latency:percentile(99)))",
    "end",
  ].join("\n");
}

/** The requests are written in advance, so that the generator does not have to do it. */
function rotation(keys: readonly string[], once: boolean): readonly string[] {
  return [
    `local keys = { ${keys.map((key) => JSON.stringify(key)).join(", ")} }`,
    "local requests = {}",
    "function init()",
    "  for at, key in ipairs(keys) do wrk.headers['x-api-key'] = key; requests[at] = wrk.format() end",
    "end",
    "local at = 0",
    ...(once ? STOPPING : ["local function stop() end"]),
    "function request()",
    "  if at == #requests then stop() end",
    "  at = at % #requests + 1",
    "  return requests[at]",
    "end",
  ];
}

/** Ends wrk before its time: the thread itself, and then its main thread, which sleeps until there is a signal. */
const STOPPING = [
  "local ffi = require('ffi')",
  "ffi.cdef('int getpid(void); int kill(int pid, int signal);')",
  `local function stop() wrk.thread:stop(); ffi.C.kill(ffi.C.getpid(), ${constants.signals.SIGINT}) end`,
];

async function runAutocannon(peers: string, port: number, request: Request, load: Load): Promise<Figures> {
  const { seconds, connections = CONNECTIONS } = load;
  if (request.keys !== undefined) throw new Error("many keys need wrk: apt-get install wrk");
  const command = createRequire(join(peers, "package.json")).resolve("autocannon");
  const headers = Object.entries(request.headers).flatMap(([name, value]) => ["-H", `${name}=${value}`]);
  const body = request.body === undefined ? [] : ["-b", request.body];
  const options = ["-j", "-n", "-c", String(connections), "-d", String(seconds), "-m", request.method];
  const words = [process.execPath, command, ...options, ...headers, ...body, urlOf(port, request)];
  const { requests, latency, errors, timeouts, non2xx, duration } = JSON.parse(
    await output(pinned(GENERATOR_CORE, words)),
  );
  judge(request, { requests: requests.total, failed: errors + timeouts, refused: non2xx });
  return { requests: requests.total, perSecond: requests.total / duration, p50Ms: latency.p50, p99Ms: latency.p99 };
}

function urlOf(port: number, { target }: Request): string {
  return `http://127.0.0.1:${port}${target}`;
}

type Counts = { readonly requests: number; readonly failed: number; readonly refused: number };

function judge({ status }: Request, { requests, failed, refused }: Counts) {
  const expected = status >= 400 ? requests : 0;
  if (!(requests > 0) || failed > 0 || refused !== expected)
    throw new Error(`Of ${requests} requests ${failed} failed, and ${refused} were refused instead of ${expected}.`);
}

function output([command = "", ...words]: readonly string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, words, { stdio: ["ignore", "pipe", "pipe"] });
    let [text, errors] = ["", ""];
    child.stdout.on("data", (piece) => (text += piece));
    child.stderr.on("data", (piece) => (errors += piece));
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve(text) : reject(new Error(`${command}: ${errors}`))));
  });
}
