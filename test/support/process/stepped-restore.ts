/**
 * Restores a backup, and copies the folder of the database before each change to a file: to SNAPSHOTS/1, SNAPSHOTS/2
 * and so on. With KILL_AT it kills this process without warning right before that change. Called with PATH, FILE,
 * SNAPSHOTS and KILL_AT or 0.
 */
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { dirname, join } from "node:path";
import { systemClock } from "../../../src/lib/time/clock.ts";

const [path = "", file = "", snapshots = "", killAt = "0"] = process.argv.slice(2);
// Loading modules opens files, too; those are not counted.
let step: number | undefined;

function beforeChange() {
  if (step === undefined) return;
  step++;
  if (step === Number(killAt)) process.kill(process.pid, "SIGKILL");
  // By another process: closing a copied file here would release this process's locks on it.
  execFileSync("cp", ["-a", dirname(path), join(snapshots, String(step))]);
}

const CHANGES = [
  "chmodSync",
  "chownSync",
  "fsyncSync",
  "linkSync",
  "mkdirSync",
  "openSync",
  "renameSync",
  "rmSync",
] as const;
for (const name of CHANGES) {
  const real = fs[name] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: unknown[]) => {
      beforeChange();
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

// Only now, so that it imports the functions above.
const { restore } = await import("../../../src/store/backup/restore.ts");
step = 0;
await restore(`sqlite:${path}`, file, {
  exactly: false,
  now: systemClock.now(),
  confirm: async () => true,
  record: async () => {},
});
