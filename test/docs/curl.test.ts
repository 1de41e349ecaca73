import { globSync } from "node:fs";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { callsIn, itWithCurl, readPage, runCurl, shownCalls } from "../support/pages/documented-curl.ts";
import { ROOT } from "../support/programs/packed.ts";
import { aService } from "../support/service.ts";

/** The README up to here is about the reader's own API: getting-started.test.ts runs its calls. */
const DEMO = readPage("README.md").split("## Try the built-in demo")[1] ?? "";

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

const callsOn = (page: string) => callsIn(readPage(page));

const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue({ scopes: ["data:read", "secret:read", "info:read"] }));
});

const run = (line: string, options = "") => runCurl(line, { port: service.port, key: secret, options });

describe("the curl commands in the documentation", () => {
  it("are all run by a test, on every page", () => {
    const pages = ["README.md", ...globSync("docs/**/*.md", { cwd: ROOT })].filter((page) => callsOn(page).length > 0);
    expect(pages.sort()).toEqual(Object.keys(RUN_BY).sort());
  });

  it.each(Object.entries(RUN_BY))("of %s are run by %s", (page, test) => {
    const name = page.replace(/^docs\/(?:clients\/)?/, "");
    expect(readPage(test)).toContain(name);
  });

  it("contain no key, only the variable that holds it", () => {
    for (const line of Object.keys(RUN_BY).flatMap(callsOn)) expect(line).not.toMatch(/lk_(?:live|test)_/);
  });

  itWithCurl.each(shownCalls(DEMO))("print what the README shows: %s", async (line, output) => {
    expect(shownCalls(DEMO)).toHaveLength(callsIn(DEMO).length);
    expect(await run(line)).toBe(output);
  });

  itWithCurl("print what docs/deploy says", async () => {
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
