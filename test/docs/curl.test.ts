import { spawnSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { ROOT } from "../support/programs/packed.ts";
import { aService } from "../support/service.ts";

const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** Page → the test that runs every call of curl on it. */
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

/** The calls on a page, in its blocks or in its sentences. */
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

/** What a call says that a page shows, made as it stands there but for where the service is. */
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

// Left out where there is no curl; in CI that would be a failure.
const withCurl = spawnSync("curl", ["--version"]).status === 0 || process.env["CI"] !== undefined ? it : it.skip;

describe("the calls of curl on our pages", () => {
  it("are each run by a test, on whatever page they are", () => {
    const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })].filter((page) => callsOn(page).length > 0);
    expect(pages.sort()).toEqual(Object.keys(RUN_BY).sort());
  });

  it.each(Object.entries(RUN_BY))("of %s are known to %s", (page, test) => {
    const name = page.replace(/^docs\/(?:clients\/)?/, "");
    expect(read(test)).toContain(name);
  });

  it("name no key, only the variable that holds it", () => {
    for (const line of Object.keys(RUN_BY).flatMap(callsOn)) expect(line).not.toMatch(/lk_(?:live|test)_/);
  });

  const shown = [...read("README.md").matchAll(/^\$ (curl .+)\n(.+)$/gm)];

  withCurl.each(shown.map(([, line = "", answer = ""]) => [line, answer]))(
    "answer in the README as it says: %s",
    async (line, answer) => {
      expect(shown).toHaveLength(callsOn("README.md").length);
      const said = await run(line);
      expect(said.replace(/"req_\w+"/, '"req_…"')).toBe(answer);
    },
  );

  withCurl("answer in docs/deploy as it says", async () => {
    const [cleartext = "", ...others] = callsOn("docs/deploy/README.md");
    expect(others).toEqual([]);
    // As a proxy would send it on for another machine.
    const proxied = "-H 'X-Forwarded-For: 198.51.100.7' -H 'X-Forwarded-Proto: http'";
    expect(JSON.parse(await run(cleartext, proxied))).toMatchObject({ status: 403, code: "key-in-cleartext" });
    expect(JSON.parse(await run(cleartext))).toMatchObject({ status: 401, code: "key-invalid" });

    const [ready = "", ...more] = callsOn("docs/deploy/upgrade.md");
    expect(more).toEqual([]);
    expect(JSON.parse(await run(ready))).toEqual({ status: "ok" });
  });
});
