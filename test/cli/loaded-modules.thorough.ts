import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { HEALTHY } from "../support/model/contract.ts";
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
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^(?:\S+ is a new database\.\n)?$/) });
  return readFileSync(list, "utf8").trim().split("\n").map(nameOf);
}

function nameOf(url: string): string {
  if (url.startsWith(SRC)) return url.slice(SRC.length);
  return url.match(/.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/)?.[1] ?? url;
}

/** The modules that a service loads until it serves. */
async function modulesOfService(name: string, settings: Readonly<Record<string, string>> = {}) {
  const [node, main] = LATCHKEY;
  const list = join(folder, `${name}.txt`);
  const database = `sqlite:${join(folder, "service.db")}`;
  const environment = { MODULES_LIST: list, DATABASE_URL: database, PORT: "0", ...settings };
  const service = startChild([node, "--import", HOOK, main, "serve"], environment);
  const [, url] = await service.out.until(/"url":"([^"]+)"/);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  service.process.kill("SIGTERM");
  expect(await service.ended).toMatchObject({ code: 0, err: "" });
  return readFileSync(list, "utf8").trim().split("\n").map(nameOf);
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
    // Only where a text has wide characters, or the output is a terminal.
    expect(modules.filter((name) => /^(?:string-width|supports-hyperlinks)$/.test(name))).toEqual([]);
    expect(modules.filter((name) => name.startsWith("cli/commands/"))).toEqual(["cli/commands/keys/list-keys.ts"]);
    expect(modules.filter((name) => SERVICE_ONLY.test(name) || /^contract\/(?:checks|user|init)\//.test(name))).toEqual(
      [],
    );
  });
});

/** What checks a contract, and the parser that only a contract which is not known yet needs. */
const CHECKS = /^contract\/(?:checks\/|patterns\/patterns\.ts|(?:document|user)\/load)|^yaml$/;

/** What only some requests need. */
const FOR_SOME_REQUESTS = /^(?:express|swagger-ui-.*|prom-client|undici)$/;

describe("the modules that a service loads until its first response", () => {
  it("are not those that check a contract, those that only some requests need, or those of a cluster", async () => {
    const modules = await modulesOfService("built-in");
    expect(modules).toContain("service/create-service.ts");
    expect(modules.filter((name) => CHECKS.test(name) || FOR_SOME_REQUESTS.test(name))).toEqual([]);
    expect(modules.filter((name) => name.startsWith("cluster/"))).toEqual([]);
    // Of the validator only its security, which is asked at the start.
    expect(modules.filter((name) => name === "express-openapi-validator").length).toBeLessThan(5);
  });

  it("are not those that check a contract when it is known from the start before", async () => {
    const contract = join(folder, "openapi.yaml");
    writeFileSync(contract, HEALTHY);
    const settings = { LATCHKEY_CONTRACT: contract, LATCHKEY_UPSTREAM: "http://127.0.0.1:9" };
    expect((await modulesOfService("new", settings)).filter((name) => CHECKS.test(name))).not.toEqual([]);
    expect((await modulesOfService("known", settings)).filter((name) => CHECKS.test(name))).toEqual([]);
  });
});
