/**
 * Restores a backup, and kills this process right before the nth file system call that changes something.
 * Arguments: URL, FILE and n. Prints "done" when there were fewer calls.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { systemClock } from "../../../src/lib/time/clock.ts";

const [url = "", file = "", n = ""] = process.argv.slice(2);
let left = Number.POSITIVE_INFINITY;

const FILE_CALLS = [
  "chmodSync",
  "chownSync",
  "fsyncSync",
  "linkSync",
  "mkdirSync",
  "openSync",
  "renameSync",
  "rmSync",
] as const;
for (const call of FILE_CALLS) {
  const real = fs[call] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [call]: (...args: unknown[]) => {
      if (--left === 0) process.kill(process.pid, "SIGKILL");
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

// Imported after the calls were replaced.
const { restore } = await import("../../../src/store/backup/restore.ts");
// Loading modules opens files too; those calls are not counted.
left = Number(n);
await restore(url, file, { exactly: false, now: systemClock.now(), confirm: async () => true, record: async () => {} });
process.stdout.write("done");
