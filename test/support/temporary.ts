import { existsSync, mkdtempSync, rmSync, statfsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "@jest/globals";

/** Linux keeps files here in memory. Containers often have 64 MB of it, which is not enough. */
const IN_MEMORY = "/dev/shm";
const ENOUGH_BYTES = 1024 ** 3;

/** Where tests do not wait for a disk, if there is such a place. `TMPDIR` names another one. */
function fastestFolder(): string {
  if (process.env["TMPDIR"] !== undefined || !existsSync(IN_MEMORY)) return tmpdir();
  const { bavail, bsize } = statfsSync(IN_MEMORY);
  return bavail * bsize >= ENOUGH_BYTES ? IN_MEMORY : tmpdir();
}

/** An empty folder that is removed after the tests of the file. */
export function temporaryFolder(parent = fastestFolder()): string {
  const folder = mkdtempSync(join(parent, "latchkey-test-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
