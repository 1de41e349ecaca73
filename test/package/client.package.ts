import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { MANIFEST, machine, packClient, ROOT, runIn } from "../support/programs/packed.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const service = aService();
const folder = temporaryFolder(tmpdir());
const environment = machine(folder);
const installed = join(folder, "node_modules/latchkey-client");
const own = JSON.parse(readFileSync(join(ROOT, "packages/client/package.json"), "utf8"));
const KB = 1_000;
let tarball = "";

const run = (command: readonly string[]) => runIn(environment)(command, folder);

beforeAll(async () => {
  tarball = await packClient(folder, environment);
  const { typescript, "@types/node": types } = MANIFEST.devDependencies;
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  await run(["npm", "install", tarball]);
  await run(["npm", "install", "--no-save", `typescript@${typescript}`, `@types/node@${types}`]);
});

const sizeOf = (path: string) => gzipSync(readFileSync(join(installed, path)), { level: 9 }).length;

describe("the tarball of the client", () => {
  it("has each source of it compiled, with its types, those of the contract, and nothing else", () => {
    const sources = readdirSync(join(ROOT, "packages/client/src")).filter((path) => path.endsWith(".ts"));
    const compiled = [...sources.map((path) => `client/${path}`), "contract/types.gen.ts"].flatMap((path) =>
      [".js", ".d.ts"].map((ending) => path.replace(/\.ts$/, ending)),
    );
    const listed = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    expect(listed.map((path) => path.replace(/^package\//, "")).sort()).toEqual(
      [...compiled, "client.min.js", "LICENSE", "README.md", "package.json"].sort(),
    );
  });

  it("depends on openapi-fetch alone, as it is tested here", () => {
    expect(own.dependencies).toEqual({ "openapi-fetch": MANIFEST.devDependencies["openapi-fetch"] });
    expect(own.version).toBe(MANIFEST.version);
    const packages = readdirSync(join(folder, "node_modules")).filter(
      (name) => !/^[.@]|^typescript$|^undici-types$/.test(name),
    );
    expect(packages).toEqual(["latchkey-client", "openapi-fetch", "openapi-typescript-helpers"]);
  });

  it("has all of it in one small file too", () => {
    expect(readFileSync(join(installed, "client.min.js"), "utf8")).not.toMatch(/\bimport\b|\brequire\(|node:/);
    expect(sizeOf("client.min.js")).toBeLessThan(6 * KB);
  });
});

const PROGRAM = `
import { createClient, ProblemError } from "latchkey-client";
const latchkey = createClient({ baseUrl: process.env["URL"] ?? "", key: process.env["KEY"] });
const { data } = await latchkey.GET("/secret-data");
console.log(data.message);
try {
  await latchkey.POST("/v1/clients", { body: { name: "shop" } });
} catch (error) {
  if (!(error instanceof ProblemError) || error.code !== "scope-missing") throw error;
  console.log(error.code, error.status);
}
`;

describe("the client, installed in an empty folder,", () => {
  const said = "Welcome! Here is your secret data.\nscope-missing 403\n";
  const start = async (program: string) => {
    const { secret } = await service.issue({ scopes: ["secret:read"] });
    writeFileSync(join(folder, "calls.ts"), program);
    return startChild([process.execPath, "calls.ts"], { ...environment, URL: service.url, KEY: secret }, folder).ended;
  };

  it("calls the service", async () => {
    expect(await start(PROGRAM)).toEqual({ code: 0, out: said, err: "" });
  });

  it("calls it as one file, too", async () => {
    expect(await start(PROGRAM.replace("latchkey-client", "latchkey-client/min"))).toEqual({
      code: 0,
      out: said,
      err: "",
    });
  });

  const compile = async (program: string, ...options: readonly string[]) => {
    writeFileSync(join(folder, "typed.ts"), program);
    const strict = ["--noEmit", "--strict", "--target", "es2022", ...options];
    const { code, out } = await startChild(["npx", "tsc", ...strict, "typed.ts"], environment, folder).ended;
    return { code, out };
  };
  const inNode = ["--module", "nodenext"];
  const inBrowsers = [
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--lib",
    "es2022,dom",
    "--typeRoots",
    "none",
  ];

  it("brings types, for Node and for browsers", async () => {
    expect(await compile(PROGRAM, ...inNode)).toEqual({ code: 0, out: "" });
    const page = PROGRAM.replace('process.env["URL"] ?? ""', "location.origin").replace(
      'process.env["KEY"]',
      '"lk_live_x"',
    );
    expect(await compile(page, ...inBrowsers)).toEqual({ code: 0, out: "" });
  });

  it.each([
    ["a path that is not in the contract", "/secret-data", "/secret"],
    ["a code that is none", "scope-missing", "scope-mising"],
    ["a field that is not declared", "data.message", "data.massage"],
  ])("refuses %s", async (_, from, to) => {
    const { code, out } = await compile(PROGRAM.replaceAll(from, to), ...inNode);
    expect(code).not.toBe(0);
    expect(out).toMatch(/^typed\.ts\(\d+,\d+\): error TS/);
  });
});
