import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openChromium } from "../support/browser/chromium.ts";
import { faintTexts } from "../support/browser/contrast.ts";
import { authorize, openDialog, openDocs, operationOn, PHONE, tryOut } from "../support/browser/docs-page.ts";
import { aService } from "../support/service.ts";

const service = aService();
let browser: Browser;
let secret = "";

beforeAll(async () => {
  browser = await openChromium();
  ({ secret } = await service.issue({ scopes: ["data:read"] }));
});
afterAll(() => browser?.close());

const widths = (page: Page) => page.evaluate<readonly [number, number]>("[document.body.scrollWidth, innerWidth]");

/** Operations of every method that there is, open; one answered, one refused. */
async function busy(page: Page) {
  await authorize(page, "x-api-key", secret);
  await tryOut(page, "getData");
  await tryOut(page, "getSecretData");
  for (const id of ["createKey", "updateKey", "getOwnUsage"]) {
    await operationOn(page, id).locator(".opblock-summary-control").click();
    await operationOn(page, id).getByRole("button", { name: "Try it out" }).click();
  }
  await page.locator(".models-control").first().click();
}

describe.each(["light", "dark"] as const)("the Swagger page where a person likes it %s", (colorScheme) => {
  it("has no text that is hard to make out, from the landing to a refusal", async () => {
    const page = await openDocs(browser, service.url, { colorScheme });
    expect(await faintTexts(page)).toEqual([]);
    await openDialog(page);
    expect(await faintTexts(page)).toEqual([]);
    await page.getByRole("button", { name: "Close" }).first().click();
    await busy(page);
    expect(await faintTexts(page)).toEqual([]);
    const ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    expect(ground).toMatch(colorScheme === "dark" ? /rgb\(\d\d, \d\d, \d\d\)/ : /rgba\(0, 0, 0, 0\)/);
  });

  it.each(["/problems", "/problems/key-missing"])("so has %s", async (path) => {
    const page = await browser.newPage({ colorScheme });
    await page.goto(service.url + path);
    expect(await faintTexts(page)).toEqual([]);
  });

  it("fits a phone, whatever is open", async () => {
    const page = await openDocs(browser, service.url, { ...PHONE, colorScheme });
    expect(await widths(page)).toEqual([390, 390]);
    await openDialog(page);
    expect(await widths(page)).toEqual([390, 390]);
    await page.getByRole("button", { name: "Close" }).first().click();
    await busy(page);
    expect(await widths(page)).toEqual([390, 390]);
    expect(await faintTexts(page)).toEqual([]);
  });
});

describe("the page of a problem on a phone", () => {
  it.each(["/problems", "/problems/upstream-undeclared"])("%s is not wider than the phone", async (path) => {
    const page = await (await browser.newContext(PHONE)).newPage();
    await page.goto(service.url + path);
    expect(await widths(page)).toEqual([390, 390]);
  });
});

describe("what finds faint texts", () => {
  it("finds grey on white, dark on dark, and what shines through", async () => {
    const page = await browser.newPage();
    await page.setContent(`<p style="color: #999">grey</p><p style="color: #000">black</p>
      <div style="background: #182536"><p style="color: #3b4151">dark</p><p style="color: #eee">bright</p></div>
      <p style="color: #000; opacity: .3">pale</p>`);
    expect((await faintTexts(page)).map(({ text }) => text)).toEqual(["grey", "dark", "pale"]);
  });
});
