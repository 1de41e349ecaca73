import { statfsSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { commandText } from "../../lib/command-text.ts";
import { toTimestamp } from "../../lib/time/clock.ts";
import { TOLERANCE_MS } from "../../lib/time/clock-offset.ts";
import { type DatabaseFacts, quickCheck } from "../../store/database/look-at-database.ts";
import { toRelative } from "../terminal/relative-time.ts";
import type { Check, CheckResult, Installation } from "./check.ts";

type Result = Omit<CheckResult, "check">;

/** What can be checked on the machine of the service. */
export const LOCAL_CHECKS: readonly Check[] = [
  { name: "contract", run: checkContract },
  { name: "database", run: async ({ database }) => [databaseResult(database)] },
  { name: "integrity", run: checkIntegrity },
  { name: "permissions", run: checkPermissions },
  { name: "disk", run: checkDisk },
  { name: "service", run: checkService },
  { name: "upstream", run: checkUpstream },
  { name: "clock", run: checkClock },
  { name: "backup", run: checkBackup },
];

async function checkContract({ contract: facts }: Installation): Promise<readonly Result[]> {
  const name = facts.file ?? "the built-in contract";
  const command = commandText(`contract check${facts.file === undefined ? "" : ` ${facts.file}`}`);
  if (facts.kind === "refused") {
    const [first] = facts.findings;
    const where = `${name}${first === undefined ? "" : `:${first.line}`}`;
    const fact = `${countOf(facts.findings.length, "finding")} stop the start, the first in ${where}: ${first?.message}`;
    return [{ verdict: "problem", fact, cure: command }];
  }
  const fact = `${name}: ${countOf(facts.operations, "operation")}`;
  if (facts.warnings === 0) return [{ verdict: "ok", fact }];
  return [{ verdict: "warning", fact: `${fact}, ${countOf(facts.warnings, "warning")}`, cure: command }];
}

function databaseResult(database: DatabaseFacts): Result {
  if (database.kind === "absent") {
    return {
      verdict: "warning",
      fact: `${database.path} does not exist yet`,
      cure: "the first start creates it; if there should be one, point DATABASE_URL to it",
    };
  }
  if (database.kind === "usable") {
    const { path, counts, missingMigrations } = database;
    const held = `${path}: ${countOf(counts.clients, "client")}, ${countOf(counts.keys, "key")}`;
    const upgrade = missingMigrations === 0 ? "" : "; its schema is older, and the next start upgrades it";
    return { verdict: "ok", fact: `${held}${upgrade}` };
  }
  const detail = database.detail === "" ? "" : ` (${database.detail})`;
  return {
    verdict: "problem",
    fact: `${database.path} ${UNUSABLE[database.why].fact}${detail}`,
    ...UNUSABLE[database.why].cure,
  };
}

const OTHER_FILE = { cure: { cure: "point DATABASE_URL to the database of the service" } };
const RESTORE = { cure: { cure: "restore a backup: docs/recovery.md" } };

const UNUSABLE = {
  empty: { fact: "is empty", cure: {} },
  foreign: { fact: "is the database of another application", ...OTHER_FILE },
  "not-sqlite": { fact: "is not an SQLite database", ...OTHER_FILE },
  newer: { fact: "was written by a newer version", cure: { cure: "start that version" } },
  damaged: { fact: "is damaged", ...RESTORE },
  unreadable: { fact: "cannot be read", cure: { cure: "give this user the right to read the file and its folder" } },
} as const satisfies Record<Extract<DatabaseFacts, { kind: "unusable" }>["why"], object>;

async function checkIntegrity({ database }: Installation): Promise<readonly Result[]> {
  if (database.kind !== "usable") return [];
  const finding = quickCheck(database.path);
  if (finding === undefined) return [{ verdict: "ok", fact: "SQLite's quick check finds no damage" }];
  return [{ verdict: "problem", fact: `the database is damaged (${finding})`, ...RESTORE.cure }];
}

async function checkPermissions({ config, database }: Installation): Promise<readonly Result[]> {
  if (process.platform === "win32") return [];
  const key = config.transport.tls?.keyPath;
  const files = [
    ...(database.kind === "usable" ? [{ path: database.path, mode: database.mode }] : []),
    ...(key === undefined ? [] : [{ path: key, mode: (statSync(key).mode ?? 0) & 0o777 }]),
  ];
  if (files.length === 0) return [];
  const open = files.filter(({ mode }) => (mode & 0o077) !== 0);
  if (open.length === 0) return [{ verdict: "ok", fact: "only this user can read the files with secrets and digests" }];
  return open.map(({ path, mode }) => ({
    verdict: "warning",
    fact: `other users of this machine can open ${path} (mode ${mode.toString(8)})`,
    cure: `chmod 600 ${path}`,
  }));
}

/** Below that, SQLite may soon be unable to write. */
const LEAST_FREE_BYTES = 200_000_000;

async function checkDisk({ database }: Installation): Promise<readonly Result[]> {
  if (database.kind !== "usable") return [];
  const { bavail, bsize } = statfsSync(dirname(database.path));
  const megabytes = Math.floor((bavail * bsize) / 1_000_000);
  const fact = `${megabytes.toLocaleString("en")} MB are free where the database is`;
  if (bavail * bsize >= LEAST_FREE_BYTES) return [{ verdict: "ok", fact }];
  return [{ verdict: "warning", fact, cure: "free some space, or move the database" }];
}

async function checkService({ service, isInUse }: Installation): Promise<readonly Result[]> {
  const { url } = service;
  switch (service.kind) {
    case "nothing":
      if (!isInUse) return [{ verdict: "ok", fact: `nothing listens at ${url}, so a service can start there` }];
      return [
        {
          verdict: "warning",
          fact: `a service runs on this database, and not at ${url}`,
          cure: "give this command the settings of that service, above all PORT and HOST",
        },
      ];
    case "other":
      return [
        {
          verdict: "problem",
          fact: `another program listens at ${url}`,
          cure: `end it, or choose another port: ${commandText("serve --port 9000")}`,
        },
      ];
    case "latchkey":
      if (!isInUse) {
        return [
          {
            verdict: "problem",
            fact: `the service at ${url} runs on another database`,
            cure: "give this command the DATABASE_URL of that service",
          },
        ];
      }
      if (service.isReady) return [{ verdict: "ok", fact: `the service at ${url} is ready` }];
      return [{ verdict: "problem", fact: `the service at ${url} is not ready`, cure: "read its log" }];
  }
}

const PATIENCE_MS = 3000;

async function checkUpstream({ config }: Installation): Promise<readonly Result[]> {
  const { upstream } = config.contract;
  if (upstream === undefined) return [];
  try {
    const response = await fetch(upstream, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
    return [{ verdict: "ok", fact: `${upstream} responds` }];
  } catch {
    return [
      {
        verdict: "problem",
        fact: `${upstream} does not respond, so requests get 502`,
        cure: "start your API there, or correct LATCHKEY_UPSTREAM",
      },
    ];
  }
}

async function checkClock({ database, now }: Installation): Promise<readonly Result[]> {
  const fact = `it is ${toTimestamp(now)}`;
  if (database.kind !== "usable" || database.seenAt - now < TOLERANCE_MS) return [{ verdict: "ok", fact }];
  return [
    {
      verdict: "problem",
      fact: `the clock says ${toTimestamp(now)}, but a service has run on this database at ${toTimestamp(database.seenAt)}`,
      cure: "set the clock, for example with timedatectl set-ntp true",
    },
  ];
}

const DAY_MS = 86_400_000;
const OLD_BACKUP_MS = 7 * DAY_MS;

async function checkBackup({ database, now }: Installation): Promise<readonly Result[]> {
  if (database.kind !== "usable") return [];
  const { lastBackup } = database;
  const cure = `${commandText("backup FILE")}, every day: docs/recovery.md`;
  if (lastBackup === undefined) return [{ verdict: "warning", fact: "no backup of this database is known", cure }];
  const { at, file } = lastBackup;
  const fact = `the last backup was taken ${toRelative(at, now)}: ${file}`;
  return [now - at < OLD_BACKUP_MS ? { verdict: "ok", fact } : { verdict: "warning", fact, cure }];
}

export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${count === 1 ? noun : `${noun}s`}`;
}
