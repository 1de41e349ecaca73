import { realpathSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { EnvironmentVariables } from "../../config/setting.ts";
import type { Log } from "../../lib/log/log.ts";
import { makeFolder } from "../../lib/make-folder.ts";
import { type RandomBytes, systemRandom } from "../../lib/random.ts";
import { systemClock, toTimestamp } from "../../lib/time/clock.ts";
import { IN_MEMORY } from "../../store/database/database.ts";
import { BESIDE, findServicesOn, isPrivate } from "./find-services.ts";
import { machineOf, runtimeFolder, type ServiceRecord, startOfProcess, TOUCH_EVERY_MS } from "./service-record.ts";

type Announced = {
  readonly databaseUrl: string;
  readonly url: string;
  readonly environment: EnvironmentVariables;
};

/**
 * Leaves a record of this service beside its database, where other services find it, and in the folder of this user,
 * where commands find it. Warns if another service runs on the same database. Where files cannot be written, there is
 * no record.
 * @returns removes the record; call it when the service ends.
 */
export function announceService({ databaseUrl, url, environment }: Announced, log: Log): () => void {
  const path = databaseUrl.slice("sqlite:".length);
  const database = path === IN_MEMORY ? path : realpathSync(resolve(path));
  const record: ServiceRecord = {
    pid: process.pid,
    machine: machineOf(),
    processStart: startOfProcess(process.pid) ?? "",
    database,
    url,
    startedAt: toTimestamp(systemClock.now()),
  };
  const files = placesFor(database, environment, systemRandom).filter((file) => write(file, record));
  if (database !== IN_MEMORY) warnOfOthers(record, log);
  const timer = setInterval(() => touch(files, record), TOUCH_EVERY_MS).unref();
  return () => {
    clearInterval(timer);
    for (const file of files) rmSync(file, { force: true });
  };
}

function placesFor(database: string, environment: EnvironmentVariables, random: RandomBytes): readonly string[] {
  const name = `${Buffer.from(random(6)).toString("hex")}.json`;
  const beside = database === IN_MEMORY ? [] : [`${database}${BESIDE}${name}`];
  const folder = runtimeFolder(environment);
  try {
    makeFolder(folder);
    return isPrivate(folder) ? [...beside, join(folder, name)] : beside;
  } catch {
    return beside;
  }
}

/** @returns whether it was written. */
function write(file: string, record: ServiceRecord): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(record)}\n`, { flag: "wx", mode: 0o600 });
    return true;
  } catch {
    return false;
  }
}

/** Shows that the service still runs. A file that was cleared away is written again. */
function touch(files: readonly string[], record: ServiceRecord) {
  const now = systemClock.now() / 1000;
  for (const file of files) {
    try {
      utimesSync(file, now, now);
    } catch {
      write(file, record);
    }
  }
}

/** Written first and read second, so that of two services that start together at least one sees the other. */
function warnOfOthers(own: ServiceRecord, log: Log) {
  const others = findServicesOn(own.database).filter(({ pid, machine }) => pid !== own.pid || machine !== own.machine);
  for (const { pid, url, startedAt } of others) {
    // Not `url`: the first one in the log is the address of this service, which scripts look for.
    log.warn({ otherProcess: pid, otherUrl: url, startedAt, database: own.database }, SHARED);
  }
}

const SHARED =
  "another service runs on this database: keys and usage are shared, but each counts limits for itself, so clients may call twice as often; use LATCHKEY_WORKERS for more than one process, see docs/workers.md";
