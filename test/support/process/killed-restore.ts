/**
 * Restores a backup, and kills this process without warning right before the nth thing that it does to a file.
 * Called with URL, FILE and n; says "done" when there were fewer.
 */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { systemClock } from "../../../src/lib/time/clock.ts";

const [url = "", file = "", n = ""] = process.argv.slice(2);
let left = Number.POSITIVE_INFINITY;

const DEEDS = [
  "chmodSync",
  "chownSync",
  "fsyncSync",
  "linkSync",
  "mkdirSync",
  "openSync",
  "renameSync",
  "rmSync",
] as const;
for (const deed of DEEDS) {
  const real = fs[deed] as (...args: unknown[]) => unknown;
  Object.assign(fs, {
    [deed]: (...args: unknown[]) => {
      if (--left === 0) process.kill(process.pid, "SIGKILL");
      return real(...args);
    },
  });
}
syncBuiltinESMExports();

// Only now, so that it imports what was put there.
const { restore } = await import("../../../src/store/backup/restore.ts");
// Loading modules opens files, too; that is not counted.
left = Number(n);
await restore(url, file, { exactly: false, now: systemClock.now(), confirm: async () => true, record: async () => {} });
process.stdout.write("done");
