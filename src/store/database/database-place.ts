import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { settleWithin } from "../../lib/async/settle-within.ts";
import { makeFolder } from "../../lib/make-folder.ts";

/** How long a network drive may take to respond. */
const RESPONDS_WITHIN_MS = 10_000;

/**
 * Makes the folder of a database file, and says why there cannot be a database, if so. SQLite would wait for ever for a
 * network drive whose server is gone, and so would this process if it looked at the path itself.
 * @throws what the file system throws when it refuses the folder.
 */
export async function preparePlace(path: string): Promise<string | undefined> {
  if (isOnNetwork(resolve(path)) && !(await responds(dirname(resolve(path))))) {
    return `is on a network drive that has not responded for ${RESPONDS_WITHIN_MS / 1000} seconds: use a local disk`;
  }
  makeFolder(dirname(path));
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isFile()) return undefined;
  return `is ${found.isDirectory() ? "a folder" : "a device or a pipe"}: point DATABASE_URL to a file`;
}

const NETWORK_TYPE = /^(?:nfs|cifs|smb|9p|ceph|fuse|glusterfs|lustre|afs)/;

/** By Linux's list of mounts, which is read without touching any of them. Elsewhere every place counts as local. */
function isOnNetwork(path: string): boolean {
  return NETWORK_TYPE.test(typeOfMount(path, readMounts()));
}

function readMounts(): string {
  try {
    return readFileSync("/proc/self/mounts", "utf8");
  } catch {
    return "";
  }
}

/**
 * The type of the file system that `path` is on.
 * @param mounts the text of /proc/self/mounts.
 */
export function typeOfMount(path: string, mounts: string): string {
  let [longest, type] = ["", ""];
  for (const line of mounts.split("\n")) {
    const [, escaped = "", found = ""] = line.split(" ");
    const point = escaped.replaceAll(/\\([0-7]{3})/g, (_, digits) => String.fromCharCode(Number.parseInt(digits, 8)));
    const isAbove = point !== "" && (path === point || path.startsWith(point.endsWith("/") ? point : `${point}/`));
    // Of several mounts at one point the last one counts.
    if (isAbove && point.length >= longest.length) [longest, type] = [point, found];
  }
  return type;
}

/** Asks in a process of its own, because a process that waits for a dead server cannot be ended, not even by itself. */
async function responds(folder: string): Promise<boolean> {
  const look = `fs.statSync(${JSON.stringify(folder)}, { throwIfNoEntry: false })`;
  const child = spawn(process.execPath, ["-e", look], { stdio: "ignore", detached: true });
  let hasEnded = false;
  const ended = once(child, "exit").then(() => {
    hasEnded = true;
  });
  await settleWithin(RESPONDS_WITHIN_MS, ended);
  if (!hasEnded) child.kill("SIGKILL");
  child.unref();
  return hasEnded;
}
