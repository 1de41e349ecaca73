import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { pinned } from "./load.ts";
import type { Request } from "./scenarios.ts";

export type Command = {
  readonly words: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** A list, such as "0,1". Default: "0". */
  readonly cores?: string;
};

export type Running = {
  readonly port: number;
  /** The time from the start of the process to its first response, of any status. */
  readonly startedMs: number;
  /** Of this process and its children, in microseconds. Linux reports it in steps of 10 ms. */
  readonly cpuMicroseconds: () => number;
  readonly residentMb: () => number;
  /** Suspends it until `resume`: background work would disturb other processes on its core. */
  readonly pause: () => void;
  readonly resume: () => void;
  readonly stop: () => Promise<void>;
};

const GIVE_UP_MS = 180_000;
const TICK_MICROSECONDS = 10_000;
const [UTIME, STIME] = [11, 12];

/** Those that run. They end with this process, even if it is interrupted. */
const CHILDREN = new Set<ChildProcess>();

process.once("exit", () => {
  for (const child of CHILDREN) child.kill("SIGKILL");
});
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));

let nextPort = 18_100;

export function newPort(): number {
  return nextPort++;
}

/** @throws Error with its output, if there is no response within three minutes. */
export async function start({ words, environment, cores = "0" }: Command, port: number, log: string): Promise<Running> {
  const [command = "", ...rest] = pinned(cores, words);
  const output = openSync(log, "w");
  const env = { ...process.env, ...environment, PORT: String(port) };
  const startedAt = performance.now();
  const child = spawn(command, rest, { env, stdio: ["ignore", output, output] });
  closeSync(output);
  CHILDREN.add(child);
  child.once("exit", () => CHILDREN.delete(child));
  while (!(await responds(port))) {
    if (child.exitCode !== null || performance.now() - startedAt > GIVE_UP_MS) {
      child.kill("SIGKILL");
      throw new Error(`${words.join(" ")} does not respond: ${readFileSync(log, "utf8")}`);
    }
    await wait(5);
  }
  const startedMs = performance.now() - startedAt;
  const pid = child.pid ?? 0;
  return {
    port,
    startedMs,
    cpuMicroseconds: () => sum(tree(pid).map(cpuOf)),
    residentMb: () => sum(tree(pid).map(residentOf)),
    pause: () => signal(pid, "SIGSTOP"),
    resume: () => signal(pid, "SIGCONT"),
    stop: () => stop(child),
  };
}

function signal(root: number, name: NodeJS.Signals) {
  for (const pid of tree(root)) process.kill(pid, name);
}

async function stop(child: ChildProcess) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill();
  await ended;
}

async function responds(port: number): Promise<boolean> {
  try {
    await (await fetch(`http://127.0.0.1:${port}/data`, { headers: { connection: "close" } })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** Sends the request once, and checks the response. */
export async function check(port: number, { method, target, headers, body, status, expected }: Request) {
  const response = await fetch(`http://127.0.0.1:${port}${target}`, { method, headers, ...(body && { body }) });
  const text = await response.text();
  const isRight = response.status === status && (expected === undefined || isEqual(text, expected));
  if (!isRight) throw new Error(`${method} ${target} got ${response.status} ${text}`);
}

function isEqual(text: string, expected: unknown): boolean {
  try {
    return isDeepStrictEqual(JSON.parse(text), expected);
  } catch {
    return false;
  }
}

/** A process and all its descendants. */
function tree(root: number): readonly number[] {
  const parents = new Map(processes().map((pid) => [pid, Number(statOf(pid)?.[1])]));
  const isBelow = (pid: number): boolean => pid === root || (parents.has(pid) && isBelow(parents.get(pid) ?? 0));
  return [...parents.keys()].filter(isBelow);
}

function processes(): readonly number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => pid > 0);
}

/** The fields of its /proc/PID/stat after the name: state, parent, … */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    return text.slice(text.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

function cpuOf(pid: number): number {
  const stat = statOf(pid);
  return (Number(stat?.[UTIME] ?? 0) + Number(stat?.[STIME] ?? 0)) * TICK_MICROSECONDS;
}

function residentOf(pid: number): number {
  const [, kilobytes] = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(kilobytes ?? 0) / 1024;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
