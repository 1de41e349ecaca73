import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { commandNameOf, type Start } from "../../src/cli/command-name.ts";
import { startChild, startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();
const SRC = resolve(import.meta.dirname, "../../src");

describe("the name of the program in printed commands", () => {
  const PACKAGE = "/srv/app/node_modules/latchkey";
  const started = (start: Partial<Start>): Start => ({
    script: `${PACKAGE}/dist/cli/bin.js`,
    root: PACKAGE,
    isSource: false,
    workingDirectory: "/srv/app",
    searchPath: "/usr/bin:/bin",
    ...start,
  });

  it.each<[string, Partial<Start>, string]>([
    ["a script of npm in a clone", { isSource: true, root: "/srv/app" }, "npm run -s latchkey --"],
    [
      "a script of npm in a folder of a clone",
      { isSource: true, root: "/srv", workingDirectory: "/srv/app" },
      "npm run -s latchkey --",
    ],
    [
      "node in a clone, from elsewhere",
      { isSource: true, root: "/src/latchkey", script: "/src/latchkey/src/cli/run.mjs" },
      "node /src/latchkey/src/cli/run.mjs",
    ],
    ["npx in a project", { script: "/srv/app/node_modules/.bin/latchkey" }, "npx latchkey"],
    ["npx without a project", { script: "/home/a/.npm/_npx/1f/node_modules/.bin/latchkey" }, "npx latchkey"],
    ["node in a project", {}, "npx latchkey"],
    [
      "node outside of the project",
      { workingDirectory: "/var/lib/latchkey" },
      "node /srv/app/node_modules/latchkey/dist/cli/bin.js",
    ],
    [
      "node in a container",
      { script: "/app/dist/cli/bin.js", root: "/app", workingDirectory: "/app" },
      "node dist/cli/bin.js",
    ],
    [
      "node at a path that a shell would split",
      { script: "/my app/dist/cli/bin.js", root: "/my app", workingDirectory: "/" },
      "node 'my app/dist/cli/bin.js'",
    ],
  ])("after %s is what starts it again", (_how, start, name) => expect(commandNameOf(started(start))).toBe(name));

  it("is latchkey where the shell finds that, by a link or by node", () => {
    const [bin, script] = [join(folder, "bin"), join(folder, "bin.js")];
    mkdirSync(bin);
    writeFileSync(script, "");
    symlinkSync(script, join(bin, "latchkey"));
    const start = { root: folder, workingDirectory: "/", searchPath: `/usr/bin:${bin}` };
    expect(commandNameOf(started({ ...start, script }))).toBe("latchkey");
    expect(commandNameOf(started({ ...start, script: join(bin, "latchkey") }))).toBe("latchkey");
    expect(commandNameOf(started({ ...start, script, searchPath: "/usr/bin" }))).toMatch(/^node /);
  });
});

describe("a printed command", () => {
  it("works as printed in another terminal, which has none of the settings", async () => {
    const environment = { PORT: "0", DATABASE_URL: `sqlite:${join(folder, "own keys.db")}`, LATCHKEY_BRAND: "acme" };
    const service = startLatchkey(["serve"], environment);
    const [, url] = await service.out.until(/"url":"([^"]+)","docs"/);
    const [, printed = ""] = await service.out.until(/Create one: (.+?)"\}\n/);
    const root = resolve(SRC, "..");
    const { code, out } = await startChild(["sh", "-c", JSON.parse(`"${printed}"`)], {}, root).ended;
    expect(code).toBe(0);
    const [secret = ""] = /acme_live_\w+/.exec(out) ?? [];
    expect((await fetch(`${url}/data`, { headers: { "x-api-key": secret } })).status).toBe(200);
    service.process.kill("SIGTERM");
    await service.ended;
  });
});

/** Where a text contains a command as it can be typed only after an installation. */
const LITERAL =
  /[`"'( ]latchkey (?:serve|keys|clients|usage|explain|audit|contract|config|init|backup(?! wrote)|restore|plans|scopes|status|doctor|login|whoami)\b/;

/** The API and the help name the program in general, and so does a sheet that has to fit a narrow screen. */
const GENERAL = /^(?:admin\/hygiene\.ts|cli\/syntax\/.+|cli\/commands\/status\.ts|contract\/types\.gen\.ts)$/;

describe("the sources", () => {
  it("print no command that does not name the program as it was started", () => {
    const files = readdirSync(SRC, { recursive: true, encoding: "utf8" }).filter(
      (path) => path.endsWith(".ts") && !GENERAL.test(path),
    );
    const literal = files.flatMap((path) =>
      readFileSync(join(SRC, path), "utf8")
        .split("\n")
        .flatMap((line, at) => (LITERAL.test(line) && !/^\s*(?:\*|\/\/|\/\*\*)/.test(line) ? `${path}:${at + 1}` : [])),
    );
    expect(literal).toEqual([]);
    expect(files.length).toBeGreaterThan(100);
  });
});
