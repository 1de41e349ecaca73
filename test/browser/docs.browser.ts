import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openChromium } from "../support/browser/chromium.ts";
import { authorize, rendered, tryOut } from "../support/browser/docs-page.ts";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { aService } from "../support/service.ts";

const service = aService();
let browser: Browser;
let page: Page;
let secret = "";
/** What the page asked for, and what it complained about. */
let requested: string[] = [];
let complaints: string[] = [];

beforeAll(async () => {
  browser = await openChromium();
  ({ secret } = await service.issue({ scopes: ["secret:read", "info:read"] }));
});
afterAll(() => browser?.close());

beforeEach(async () => {
  requested = [];
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
  page.setDefaultTimeout(10_000);
  page.on("request", (request) => requested.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${service.url}/docs`);
  await rendered(page);
});

describe("the Swagger page, in a real browser,", () => {
  it("lets a person authorize, try an operation and see its answer", async () => {
    await authorize(page, "x-api-key", secret);
    const { status, body } = await tryOut(page, "getSecretData");
    expect(status).toBe("200");
    expect(body).toContain("Welcome! Here is your secret data.");
  });

  it("shows the refusal of a missing key, and of an invalid one", async () => {
    const { status, body } = await tryOut(page, "getSecretData");
    expect(status).toMatch(/^401/);
    expect(body).toContain("Unauthorized access");

    await authorize(page, "x-api-key", UNKNOWN_SECRET);
    const operation = page.locator('[id$="-getSecretData"].opblock');
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.getByText("key-invalid").first().waitFor();
  });

  it("sends the key in the URL only for the operation that asks for it there", async () => {
    await authorize(page, "api_key", secret);
    const { status, body } = await tryOut(page, "getInfo");
    expect(status).toBe("200");
    expect(body).toContain("Info data");
    expect(requested.filter((url) => url.includes(secret))).toEqual([`${service.url}/info?api_key=${secret}`]);
  });

  it("shows the scopes of an operation, and how to get a key", async () => {
    await page.getByText("How to get a key").first().waitFor();
    await page.getByText("secret:read").first().waitFor();
  });

  it("offers what a key may call once there is one, and takes it back without", async () => {
    expect(await page.locator("#personal").isVisible()).toBe(false);
    await authorize(page, "x-api-key", secret);
    await page.getByRole("button", { name: "Show what my key may call" }).click();
    await page.locator(`[id$="-getData"].opblock`).waitFor({ state: "detached" });
    expect((await tryOut(page, "getSecretData")).status).toBe("200");
    await page.locator(`[id$="-getSecretData"].opblock`).getByText("Your limits", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Show all" }).click();
    await page.locator(`[id$="-getData"].opblock`).waitFor();

    await page.getByRole("button", { name: "Show what my key may call" }).click();
    await page.locator(`[id$="-getData"].opblock`).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
    await page.locator("button", { hasText: "Logout" }).first().click();
    await page.getByRole("button", { name: "Close" }).first().click();
    await page.locator(`[id$="-getData"].opblock`).waitFor();
    expect(await page.locator("#personal").isVisible()).toBe(false);
    expect(complaints).toEqual([]);
  });

  it("makes no request to other servers, and violates none of its own rules", async () => {
    await authorize(page, "x-api-key", secret);
    await tryOut(page, "getSecretData");
    expect(requested.length).toBeGreaterThan(5);
    expect(requested.filter((url) => !url.startsWith(`${service.url}/`) && !url.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("keeps no key where another page or another day could find it", async () => {
    await authorize(page, "x-api-key", secret);
    await tryOut(page, "getSecretData");
    const kept = await page.evaluate(`(async () => JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, document.cookie,
    ]))()`);
    expect(kept).toMatch(/^\[\{.*\},\{.*\},"".*\]$/);
    expect(kept).not.toContain(secret);
    await page.reload();
    await rendered(page);
    // Another operation: the address remembers which one was open.
    expect((await tryOut(page, "getData")).status).toMatch(/^401/);
  });
});
