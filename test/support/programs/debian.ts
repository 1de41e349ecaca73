import { existsSync } from "node:fs";
import { join } from "node:path";

const FOLDERS = ["/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/**
 * The path of a program that is no part of Node, such as `nginx`.
 * @throws Error that says how to get it, when it is not there.
 */
export function findProgram(name: string): string {
  const path = FOLDERS.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
  if (path === undefined)
    throw new Error(`No ${name}: these tests run the real one; install it (apt-get install ${name}).`);
  return path;
}
