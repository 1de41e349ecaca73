import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { LATCHKEY, startChild } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";

const HOOK = pathToFileURL(join(import.meta.dirname, "../support/process/list-modules.mjs")).href;
const SRC = pathToFileURL(join(import.meta.dirname, "../../src/")).href;
const folder = temporaryFolder();

/** The modules that a command loads: own files relative to src/, packages by name. */
async function modulesOf(words: string): Promise<readonly string[]> {
  const [node, main] = LATCHKEY;
  const list = join(folder, `${words}.txt`);
  const environment = { MODULES_LIST: list, DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}` };
  const { code, err } = await startChild([node, "--import", HOOK, main, ...words.split(" ")], environment).ended;
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return readFileSync(list, "utf8").trim().split("\n").map(nameOf);
}

function nameOf(url: string): string {
  if (url.startsWith(SRC)) return url.slice(SRC.length);
  return url.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? url;
}

const SERVICE_ONLY =
  /^(?:http|gateway|cluster)\/|^(?:express|express-openapi-validator|ajv|undici|pino|prom-client|swagger-ui-dist)$/;

describe("the modules that a command loads", () => {
  it("for help are the syntax of all commands, and no command", async () => {
    const modules = await modulesOf("--help");
    expect(modules).toEqual(
      expect.arrayContaining(["cli/main.ts", "cli/program.ts", "cli/syntax/keys.ts", "commander"]),
    );
    expect(
      modules.filter((name) => /^cli\/commands\/|^(?:admin|auth|config|contract|service|store)\//.test(name)),
    ).toEqual([]);
    expect(modules.filter((name) => SERVICE_ONLY.test(name) || ["kysely", "yaml", "zod"].includes(name))).toEqual([]);
  });

  it("are those of this command, without those that only a service needs", async () => {
    const modules = await modulesOf("keys list");
    expect(modules).toContain("store/list-keys.ts");
    expect(modules.filter((name) => name.startsWith("cli/commands/"))).toEqual(["cli/commands/keys/list-keys.ts"]);
    expect(modules.filter((name) => SERVICE_ONLY.test(name) || /^contract\/(?:checks|user|init)\//.test(name))).toEqual(
      [],
    );
  });
});
