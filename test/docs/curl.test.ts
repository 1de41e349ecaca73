import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { ROOT } from "../support/programs/packed.ts";
import { aService } from "../support/service.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** The test that runs every curl command of a page, by page. */
const RUN_BY: Readonly<Record<string, string>> = {
  "README.md": "test/docs/curl.test.ts",
  "docs/deploy/README.md": "test/docs/curl.test.ts",
  "docs/deploy/upgrade.md": "test/docs/curl.test.ts",
  "docs/gateway.md": "test/flask/page.flask.ts",
  "docs/middleware.md": "test/package/middleware.package.ts",
  "docs/clients/typescript.md": "test/clients/typescript.clients.ts",
  "docs/clients/python.md": "test/clients/python.clients.ts",
  "docs/clients/go.md": "test/clients/go.clients.ts",
  "docs/clients/java.md": "test/clients/java.clients.ts",
  "docs/clients/rust.md": "test/clients/rust.clients.ts",
};

/** The curl commands on a page, in code blocks or in sentences. */
function callsOn(page: string): readonly string[] {
  const text = read(page);
  const blocks = [...text.matchAll(/^ *```.*\n([\s\S]*?)^ *```$/gm)].map(([, block = ""]) => block).join("");
  const inline = [...text.matchAll(/`(curl [^`\n]+)`/g)].map(([, call = ""]) => call);
  return [...(blocks.match(/^.*\bcurl .+$/gm) ?? []).map((line) => line.replace(/^\$ /, "")), ...inline];
}

const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["data:read", "secret:read", "info:read"] }));
});

/** Runs a command as the page shows it, except for the address of the service. @returns its output. */
async function run(line: string, more = ""): Promise<string> {
  const here = `127.0.0.1:${service.port}`;
  const call = line
    .replace("127.0.0.1:8080", here)
    .replace("api.example.com", here)
    .replace(/^curl /, "curl -sS ");
  const child = startChild(["/bin/bash", "--norc", "-c", call.replace("curl ", `curl ${more} `)], { KEY: secret });
  const { out, err } = await child.ended;
  expect(err).toBe("");
  return out;
}

// Skipped without curl, except in CI, where it fails.
const withCurl = spawnSync("curl", ["--version"]).status === 0 || process.env["CI"] !== undefined ? it : it.skip;

describe("the curl commands in the documentation", () => {
  it("are all run by a test, on every page", () => {
    const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })].filter((page) => callsOn(page).length > 0);
    expect(pages.sort()).toEqual(Object.keys(RUN_BY).sort());
  });

  it.each(Object.entries(RUN_BY))("of %s are run by %s", (page, test) => {
    const name = page.replace(/^docs\/(?:clients\/)?/, "");
    expect(read(test)).toContain(name);
  });

  it("contain no key, only the variable that holds it", () => {
    for (const line of Object.keys(RUN_BY).flatMap(callsOn)) expect(line).not.toMatch(/lk_(?:live|test)_/);
  });

  const shown = [...read("README.md").matchAll(/^\$ (curl .+)\n(.+)$/gm)];

  withCurl.each(shown.map(([, line = "", output = ""]) => [line, output]))(
    "print what the README shows: %s",
    async (line, output) => {
      expect(shown).toHaveLength(callsOn("README.md").length);
      const printed = await run(line);
      expect(printed.replace(/"req_\w+"/, '"req_…"')).toBe(output);
    },
  );

  withCurl("print what docs/deploy says", async () => {
    const [cleartext = "", ...others] = callsOn("docs/deploy/README.md");
    expect(others).toEqual([]);
    // As a proxy would forward it for another machine.
    const proxied = "-H 'X-Forwarded-For: 198.51.100.7' -H 'X-Forwarded-Proto: http'";
    expect(JSON.parse(await run(cleartext, proxied))).toMatchObject({ status: 403, code: "key-in-cleartext" });
    expect(JSON.parse(await run(cleartext))).toMatchObject({ status: 401, code: "key-invalid" });

    const [ready = "", ...more] = callsOn("docs/deploy/upgrade.md");
    expect(more).toEqual([]);
    expect(JSON.parse(await run(ready))).toEqual({ status: "ok" });
  });
});
