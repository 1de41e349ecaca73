import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { EnvironmentVariables } from "../../config/setting.ts";
import { asRecord } from "../../contract/document/json.ts";

/** What a running service leaves in files, for other services and for commands. It holds no secret. */
export type ServiceRecord = {
  readonly pid: number;
  /** Within it, a number names one process: the machine, or the container. */
  readonly machine: string;
  /** When the process began, in the units of the system: another process may get its number later. */
  readonly processStart: string;
  /** The absolute path of the database, without symbolic links. */
  readonly database: string;
  readonly url: string;
  readonly startedAt: string;
};

/** The record in a file; undefined when it is something else, or not complete yet. */
export function parseRecord(text: string): ServiceRecord | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { pid, machine, processStart, database, url, startedAt } = asRecord(value);
  if (typeof pid !== "number" || !Number.isSafeInteger(pid) || pid < 1) return undefined;
  const texts = { machine, processStart, database, url, startedAt };
  return areTexts(texts) ? { pid, ...texts } : undefined;
}

function areTexts<T extends Readonly<Record<string, unknown>>>(values: T): values is T & Record<keyof T, string> {
  return Object.values(values).every((value) => typeof value === "string");
}

/** Where process numbers mean the same as here. */
export function machineOf(): string {
  return `${hostname()} ${readOr("", () => readlinkSync("/proc/self/ns/pid"))}`.trim();
}

/** When a process began; undefined where it does not run, empty where the system does not tell. */
export function startOfProcess(pid: number): string | undefined {
  // The name of the program, in parentheses, may contain anything.
  const status = readOr("", () => readFileSync(`/proc/${pid}/stat`, "utf8"));
  const fields = status.slice(status.lastIndexOf(")") + 2).split(" ");
  if (status !== "") return fields[19] ?? "";
  return isRunning(pid) ? "" : undefined;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return Reflect.get(Object(error), "code") === "EPERM";
  }
}

function readOr(other: string, read: () => string): string {
  try {
    return read();
  } catch {
    return other;
  }
}

/** The folder with the records of this user's services. */
export function runtimeFolder(environment: EnvironmentVariables): string {
  const { XDG_RUNTIME_DIR, TMPDIR } = environment;
  return XDG_RUNTIME_DIR
    ? `${XDG_RUNTIME_DIR}/latchkey`
    : `${TMPDIR || "/tmp"}/latchkey-${process.getuid?.() ?? "user"}`;
}

/** How often a service touches its files. */
export const TOUCH_EVERY_MS = 30_000;
