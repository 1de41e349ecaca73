import { mkdirSync, readFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { startChild } from "../process/child.ts";

export const ROOT = resolve(import.meta.dirname, "../../..");
export const MANIFEST = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));

/** The variables that npm needs, without those that this project or its test runner added. */
const MACHINE = /^(?:HOME|USERPROFILE|npm_config_.+|NODE_EXTRA_CA_CERTS|SSL_CERT_.+|(?:https?|no)_proxy)$/i;

/** The environment of a user who has the required Node, and no copy of this project. */
export function machine(folder: string): Readonly<Record<string, string>> {
  const scratch = join(folder, "scratch");
  mkdirSync(scratch, { recursive: true });
  return {
    ...Object.fromEntries(
      Object.entries(process.env).flatMap(([name, value = ""]) => (MACHINE.test(name) ? [[name, value]] : [])),
    ),
    npm_config_audit: "false",
    npm_config_fund: "false",
    npm_config_loglevel: "error",
    npm_config_update_notifier: "false",
    TMPDIR: scratch,
    PATH: [dirname(process.execPath), ...pathWithoutModules()].join(delimiter),
  };
}

function pathWithoutModules(): readonly string[] {
  return (process.env["PATH"] ?? "").split(delimiter).filter((place) => !place.includes("node_modules"));
}

/** Runs commands in that environment. @throws Error with their output when one fails. */
export function runIn(environment: Readonly<Record<string, string>>) {
  return async (command: readonly string[], cwd: string): Promise<string> => {
    const { code, out, err } = await startChild(command, environment, cwd).ended;
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}:\n${out}${err}`);
    return out;
  };
}

/** Packs this project into `folder`, as it is published. */
export async function pack(folder: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const run = runIn(environment);
  await run(["npm", "run", "build:package"], ROOT);
  await run(["npm", "pack", "./dist-package", "--pack-destination", folder], ROOT);
  return join(folder, `latchkey-${MANIFEST.version}.tgz`);
}

/** Builds the client and packs it into `folder`. */
export async function packClient(folder: string, environment: Readonly<Record<string, string>>): Promise<string> {
  const run = runIn(environment);
  await run([process.execPath, "scripts/build-client.ts"], ROOT);
  await run(["npm", "pack", "./dist-client", "--pack-destination", folder], ROOT);
  return join(folder, `latchkey-client-${MANIFEST.version}.tgz`);
}
