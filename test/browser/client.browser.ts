import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openChromium } from "../support/browser/chromium.ts";
import { bundleClient } from "../support/programs/bundled.ts";
import { aService } from "../support/service.ts";
import { anUpstream } from "../support/upstream.ts";

const site = anUpstream();
const service = aService(() => ({ LATCHKEY_CORS_ORIGINS: site.url }));
let browser: Browser;
let page: Page;
let secret = "";

beforeAll(async () => {
  const client = Buffer.from(await bundleClient());
  site.respondWith((req, res) => {
    if (req.url === "/client.js") return void res.setHeader("Content-Type", "text/javascript").end(client);
    if (req.url?.startsWith("/moved")) return void res.writeHead(302, { Location: "/elsewhere" }).end();
    res.setHeader("Content-Type", "text/html").end("<!doctype html><title>A page</title>");
  });
  ({ secret } = await service.issue({ client: "page", scopes: ["secret:read"] }));
  browser = await openChromium();
  page = await browser.newPage();
  await page.goto(site.url);
});
afterAll(() => browser?.close());

/** Makes calls in the page one after the other, and says what came of each. */
function callFromPage(baseUrl: string, paths: readonly string[]): Promise<readonly string[]> {
  const program = `(async () => {
    const { createClient } = await import("/client.js");
    const client = createClient(${JSON.stringify({ baseUrl, key: secret })});
    const said = [];
    for (const path of ${JSON.stringify(paths)})
      said.push(await client.GET(path).then(({ data }) => data.message, (error) => error.code ?? error.message));
    return said;
  })()`;
  return page.evaluate(program);
}

describe("the client, in a page of another site,", () => {
  it("calls the service", async () => {
    expect(await callFromPage(service.url, ["/secret-data", "/v1/keys"])).toEqual([
      "Welcome! Here is your secret data.",
      "scope-missing",
    ]);
  });

  it("follows no redirect, and asks once", async () => {
    site.forget();
    const [said] = await callFromPage(`${site.url}/moved`, ["/data"]);
    expect(said).toMatch(/^The service redirects, and the key is not sent along/);
    expect(site.recorded.map(({ url }) => url).filter((url) => url !== "/client.js")).toEqual(["/moved/data"]);
  });

  it("does not start in clear text", async () => {
    await expect(callFromPage("http://api.example.com", [])).rejects.toThrow(/baseUrl must be a plain https:\/\/ URL/);
  });
});
