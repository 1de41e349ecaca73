import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { type Child, startChild } from "../support/process/child.ts";
import { nodeBelow } from "../support/process/old-node.ts";
import { MANIFEST, machine, pack, ROOT, runIn } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder(tmpdir());
const project = join(folder, "project");
const installed = join(project, "node_modules/latchkey");
const NEEDED: string = MANIFEST.engines.node.replace(">=", "");
const bin = join(project, "node_modules/.bin/latchkey");
const environment = machine(folder);
/** What npm says by default, and each finding of its own. */
const LOUD = { npm_config_loglevel: "notice" };
let tarball = "";
let said = "";
let warned = "";

const run = (command: readonly string[]) => runIn(environment)(command, project);
const filesOf = (packed: string) =>
  execFileSync("tar", ["-tzf", packed], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((path) => path.replace(/^package\//, ""));

beforeAll(async () => {
  for (const place of [project, join(ROOT, "dist")]) mkdirSync(place, { recursive: true });
  writeFileSync(join(ROOT, "dist/left-over.js"), "// of an earlier build\n");
  tarball = await pack(folder, environment);
  await run(["npm", "init", "-y"]);
  ({ out: said, err: warned } = await startChild(["npm", "install", tarball], { ...environment, ...LOUD }, project)
    .ended);
});

describe("the tarball", () => {
  it("has each source compiled, what people read, and nothing else", () => {
    // The client is a package of its own.
    const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter(
      (path) => !path.startsWith("client/"),
    );
    const compiled = sources
      .filter((path) => path.endsWith(".ts"))
      .map((path) => `dist/${path.replace(/\.ts$/, ".js")}`);
    const assets = sources.filter((path) => /\.(?:js|css)$/.test(path)).map((path) => `dist/${path}`);
    const read = [
      "CHANGELOG.md",
      "LICENSE",
      "README.md",
      "docs/latchkey.schema.json",
      "openapi.yaml",
      "openapi.gen.json",
      "package.json",
    ];
    const face = ["dist/cli/needed-node.cjs", "dist/import.mjs", "dist/require.cjs"];

    const listed = filesOf(tarball);
    expect(listed.filter((path) => !/\.d\.ts$|^dist\/vendor\//.test(path)).sort()).toEqual(
      [...compiled, ...assets, ...read, ...face].sort(),
    );
    // The types of what can be imported, and those that they need.
    expect(listed.filter((path) => path.endsWith(".d.ts")).length).toBeLessThan(20);
    expect(listed).toEqual(expect.arrayContaining(["dist/middleware.d.ts", "dist/vendor/LICENSES.txt"]));
    expect(assets).toHaveLength(5);
    expect(compiled.length).toBeGreaterThan(100);
  });
});

describe("the installation in an empty project", () => {
  const lock = () => JSON.parse(readFileSync(join(project, "package-lock.json"), "utf8"));

  it("has no warnings", () => {
    expect(warned).toBe("");
    expect(said).toMatch(/^\s*added \d+ packages in \S+\s*$/);
  });

  it("runs no script of any package, and has no telemetry in it", () => {
    const packages = Object.entries<{ hasInstallScript?: boolean; deprecated?: string }>(lock().packages);
    expect(packages.filter(([, { hasInstallScript, deprecated }]) => hasInstallScript || deprecated)).toEqual([]);
    expect(packages.map(([path]) => path).filter((path) => /scarf|swagger|lodash/.test(path))).toEqual([]);
    // 140 before the validator and Swagger UI became part of the package.
    expect(packages.length).toBeLessThan(115);
  });

  it("has a manifest that says where it comes from only if that is known", () => {
    const published = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    expect(published).toMatchObject({ name: "latchkey", publishConfig: { access: "public", provenance: true } });
    for (const field of ["private", "scripts", "devDependencies", "vendored", "repository"])
      expect(published).not.toHaveProperty(field);
  });

  it("names this version in its README, and links to nothing that is not in it", () => {
    const readme = readFileSync(join(installed, "README.md"), "utf8");
    expect(readme).toContain(`npx latchkey@${MANIFEST.version} init`);
    expect(readme).not.toMatch(/\]\(|VERSION/);
  });
});

describe("latchkey, installed in an empty project,", () => {
  let service: Child;
  let url = "";
  let secret = "";

  beforeAll(async () => {
    const wanted = "keys create --client my-app --create-client --scope data:read --json";
    ({ secret } = JSON.parse(await run(["npx", "latchkey", ...wanted.split(" ")])));
    service = startChild(["npx", "latchkey", "serve"], { ...environment, PORT: "0", HOST: "127.0.0.1" }, project);
    [, url = ""] = await service.out.until(/"url":"([^"]+)"/);
  });
  afterAll(() => {
    if (service?.process.exitCode === null) process.kill(innermostOf(service), "SIGKILL");
  });

  const call = (path: string, headers: Record<string, string> = {}) => fetch(`${url}${path}`, { headers });

  it("admits the key that it issued, and no request without one", async () => {
    const answer = await call("/data", { "x-api-key": secret });
    expect([answer.status, await answer.json()]).toEqual([200, { message: "Access granted", data: [1, 2, 3] }]);
    expect((await call("/data")).status).toBe(401);
  });

  it.each([
    ["/openapi.json", /"openapi":"3\.1/],
    ["/docs", /swagger-ui/],
    ["/docs/curl.js", /curlOf/],
    ["/docs/docs.css", /dark-mode/],
    ["/docs/swagger-ui-bundle.js", /SwaggerUIBundle/],
    ["/docs/swagger-ui-init.js", /openapi\.json/],
    ["/problems/key-missing", /API key/],
  ])("serves %s", async (path, content) => {
    const answer = await call(path);
    expect(answer.status).toBe(200);
    expect(await answer.text()).toMatch(content);
  });

  it("ends in order, with exit code 0, when it is asked to", async () => {
    process.kill(innermostOf(service), "SIGTERM");
    const { code, out } = await service.ended;
    expect(code).toBe(0);
    expect(out).toMatch(/"msg":"stopped"/);
  });

  it("keeps compiled code in its own folder, never in the shared one for temporary files", async () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const { code } = await startChild([bin, "keys", "list"], { ...environment, TMPDIR: empty }, project).ended;
    expect(code).toBe(0);
    expect(readdirSync(empty)).toEqual([]);
    expect(existsSync(join(installed, "node_modules/.cache/latchkey"))).toBe(true);
  });

  it("opens nothing of its inside to imports", async () => {
    const words = ["--input-type=module", "--eval", 'await import("latchkey/dist/serve.js")'];
    const { code, err } = await startChild([process.execPath, ...words], environment, project).ended;
    expect(code).toBe(1);
    expect(err).toMatch(/ERR_PACKAGE_PATH_NOT_EXPORTED/);
  });

  const OLDER = nodeBelow(Number.parseInt(NEEDED, 10));
  const NEEDS_NEWER = [
    `needs Node ${NEEDED} or later`,
    `this is Node ${OLDER.version}`,
    `get Node ${Number.parseInt(NEEDED, 10)}`,
  ];

  it("tells the owner of an older Node in one line what is needed", async () => {
    const { code, out, err } = await startChild([...OLDER.command, bin, "serve"], environment, project).ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^[^\n]+\n$/);
    for (const words of NEEDS_NEWER) expect(err).toContain(words);
  });

  it.each([
    ["import", "--input-type=module", 'import "latchkey"'],
    ["require", "--input-type=commonjs", 'require("latchkey")'],
  ])("tells an app with an older Node what is needed, on %s, without a stack", async (_, ...words) => {
    const [type = "", program = ""] = words;
    const command = [...OLDER.command, type, "--eval", program];
    const { code, out, err } = await startChild(command, environment, project).ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    for (const words of NEEDS_NEWER) expect(err).toContain(words);
    expect(err).not.toMatch(/^ +at .*latchkey/m);
  });

  it.each([
    ["import", "--input-type=module", 'import { LatchkeyRefused, callOf, latchkey } from "latchkey";'],
    ["require", "--input-type=commonjs", 'const { LatchkeyRefused, callOf, latchkey } = require("latchkey");'],
  ])("gives an app its names by %s", async (_, type, names) => {
    const program = `${names} console.log(typeof LatchkeyRefused, typeof callOf, typeof latchkey)`;
    const { out, err } = await startChild([process.execPath, type, "--eval", program], environment, project).ended;
    expect({ out, err }).toEqual({ out: "function function function\n", err: "" });
  });
});

/** npx runs a shell, which runs the program: some shells keep a signal for themselves. */
function innermostOf({ process: { pid = 0 } }: Child): number {
  const rows = execFileSync("ps", ["-A", "-o", "ppid=,pid="], { encoding: "utf8" }).trim().split("\n");
  const childOf = new Map(rows.map((row) => row.trim().split(/\s+/).map(Number) as [number, number]));
  let innermost = pid;
  for (let child = childOf.get(innermost); child !== undefined; child = childOf.get(innermost)) innermost = child;
  return innermost;
}
