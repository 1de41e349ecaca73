import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
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
const bin = join(project, "node_modules/.bin/latchkey");
const environment = machine(folder);
let tarball = "";

const run = (command: readonly string[]) => runIn(environment)(command, project);

beforeAll(async () => {
  for (const place of [project, join(ROOT, "dist")]) mkdirSync(place, { recursive: true });
  writeFileSync(join(ROOT, "dist/left-over.js"), "// of an earlier build\n");
  tarball = await pack(folder, environment);
  await run(["npm", "init", "-y"]);
  await run(["npm", "install", tarball]);
});

describe("the tarball", () => {
  it("has each source compiled, with its types, what people read, and nothing else", () => {
    // The client is a package of its own.
    const sources = readdirSync(join(ROOT, "src"), { recursive: true, encoding: "utf8" }).filter(
      (path) => !path.startsWith("client/"),
    );
    const compiled = sources
      .filter((path) => path.endsWith(".ts"))
      .flatMap((path) => [".js", ".d.ts"].map((ending) => `dist/${path.replace(/\.ts$/, ending)}`));
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

    const listed = execFileSync("tar", ["-tzf", tarball], { encoding: "utf8" }).trim().split("\n");
    expect(listed.map((path) => path.replace(/^package\//, "")).sort()).toEqual(
      [...compiled, ...assets, ...read].sort(),
    );
    expect(assets).toHaveLength(5);
    expect(compiled.length).toBeGreaterThan(100);
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

  it("tells the owner of an older Node in one line what is needed", async () => {
    const needed = MANIFEST.engines.node.replace(">=", "");
    const major = Number.parseInt(needed, 10);
    const { command, version } = nodeBelow(major);
    const { code, out, err } = await startChild([...command, bin, "serve"], environment, project).ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^[^\n]+\n$/);
    for (const words of [`needs Node ${needed} or later`, `this is Node ${version}`, `get Node ${major}`])
      expect(err).toContain(words);
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
