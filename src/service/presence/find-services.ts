import { lstatSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { EnvironmentVariables } from "../../config/setting.ts";
import { systemClock } from "../../lib/time/clock.ts";
import {
  machineOf,
  parseRecord,
  runtimeFolder,
  type ServiceRecord,
  startOfProcess,
  TOUCH_EVERY_MS,
} from "./service-record.ts";

/** What stands between the name of a database and the random part of a record beside it. */
export const BESIDE = "-service-";

/** The services of this user that run now, whatever their database. */
export function findServices(environment: EnvironmentVariables): readonly ServiceRecord[] {
  const folder = runtimeFolder(environment);
  return isPrivate(folder) ? runningIn(folder, "") : [];
}

/**
 * The services that run on a database now, of any user and in any container that shares its folder.
 * @param database its path, without symbolic links.
 */
export function findServicesOn(database: string): readonly ServiceRecord[] {
  return runningIn(dirname(database), `${basename(database)}${BESIDE}`);
}

function runningIn(folder: string, prefix: string): readonly ServiceRecord[] {
  const names = list(folder).filter((name) => name.startsWith(prefix) && name.endsWith(".json"));
  return names.flatMap((name) => readRunning(join(folder, name)) ?? []);
}

function list(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Removes what a service left behind that was killed. */
function readRunning(path: string): ServiceRecord | undefined {
  try {
    const { mtimeMs, size } = statSync(path);
    const record = size > MOST_BYTES ? undefined : parseRecord(readFileSync(path, "utf8"));
    if (record === undefined || runs(record, mtimeMs)) return record;
    rmSync(path, { force: true });
  } catch {
    // It has just been removed, or belongs to another user: then it cannot be judged.
  }
  return undefined;
}

const MOST_BYTES = 10_000;

function runs({ machine, pid, processStart }: ServiceRecord, touchedAt: number): boolean {
  if (machine === machineOf()) return startOfProcess(pid) === processStart;
  // In another container process numbers mean something else, but the clock is the same.
  return systemClock.now() - touchedAt < 3 * TOUCH_EVERY_MS;
}

/** In a folder for temporary files another user may have made one of this name, to deceive. */
export function isPrivate(folder: string): boolean {
  try {
    const found = lstatSync(folder);
    return found.isDirectory() && found.uid === (process.getuid?.() ?? found.uid) && (found.mode & 0o022) === 0;
  } catch {
    return false;
  }
}
