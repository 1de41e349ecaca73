import { afterAll, beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { STRANGE_SECRET } from "../support/builders.ts";
import { openChromium } from "../support/chromium.ts";
import { aService } from "../support/service.ts";

const service = aService();
let browser: Browser;
let page: Page;
let secret = "";
/** What the page asked for, and what it complained about. */
let asked: string[] = [];
let complaints: string[] = [];

beforeAll(async () => {
  browser = await openChromium();
  ({ secret } = await service.issue({ scopes: ["secret:read", "info:read"] }));
});
afterAll(() => browser?.close());

beforeEach(async () => {
  asked = [];
  complaints = [];
  page = await browser.newPage({ viewport: { width: 1200, height: 1400 } });
  page.setDefaultTimeout(10_000);
  page.on("request", (request) => asked.push(request.url()));
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await page.goto(`${service.url}/docs`);
  await drawn();
  await shoot("landing");
});

/** Until the page has loaded the contract, and has drawn it for the last time. */
async function drawn() {
  await page.waitForLoadState("networkidle");
  await page.locator(".opblock").last().waitFor();
}

/** For a look at what a person sees: SCREENSHOTS=folder keeps them. */
async function shoot(name: string) {
  const folder = process.env["SCREENSHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}

async function authorize(scheme: string, key: string) {
  await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
  const dialog = page.locator(".auth-container", { hasText: scheme }).first();
  await dialog.locator("input").fill(key);
  await shoot("authorize");
  await dialog.getByRole("button", { name: "Apply credentials" }).click();
  await page.getByRole("button", { name: "Close" }).first().click();
}

async function tryOut(operationId: string): Promise<{ status: string; body: string }> {
  const operation = page.locator(`[id$="-${operationId}"].opblock`);
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table .response");
  await answer.waitFor();
  await answer.scrollIntoViewIfNeeded();
  await shoot(`try-${operationId}`);
  return {
    status: String(await answer.locator(".response-col_status").textContent()).trim(),
    body: String(await answer.locator(".response-col_description").textContent()),
  };
}

describe("the Swagger page, in a real browser,", () => {
  it("lets a person authorize, try an operation and see its answer", async () => {
    await authorize("x-api-key", secret);
    const { status, body } = await tryOut("getSecretData");
    expect(status).toBe("200");
    expect(body).toContain("Welcome! Here is your secret data.");
  });

  it("shows the refusal to whoever has no key, and to whoever has a wrong one", async () => {
    const { status, body } = await tryOut("getSecretData");
    expect(status).toMatch(/^401/);
    expect(body).toContain("Unauthorized access");

    await authorize("x-api-key", STRANGE_SECRET);
    const operation = page.locator('[id$="-getSecretData"].opblock');
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.getByText("key-invalid").first().waitFor();
  });

  it("sends the key in the URL only for the operation that asks for it there", async () => {
    await authorize("api_key", secret);
    const { status, body } = await tryOut("getInfo");
    expect(status).toBe("200");
    expect(body).toContain("Info data");
    expect(asked.filter((url) => url.includes(secret))).toEqual([`${service.url}/info?api_key=${secret}`]);
  });

  it("shows the scopes of an operation, and how to get a key", async () => {
    await page.getByText("How to get a key").first().waitFor();
    await page.getByText("secret:read").first().waitFor();
  });

  it("offers what a key may call once there is one, and takes it back without", async () => {
    expect(await page.locator("#personal").isVisible()).toBe(false);
    await authorize("x-api-key", secret);
    await page.getByRole("button", { name: "Show what my key may call" }).click();
    await page.locator(`[id$="-getData"].opblock`).waitFor({ state: "detached" });
    await shoot("personal");
    expect((await tryOut("getSecretData")).status).toBe("200");
    await page.locator(`[id$="-getSecretData"].opblock`).getByText("Your limits").waitFor();
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

  it("asks nobody else for anything, and runs into none of its own rules", async () => {
    await authorize("x-api-key", secret);
    await tryOut("getSecretData");
    expect(asked.length).toBeGreaterThan(5);
    expect(asked.filter((url) => !url.startsWith(`${service.url}/`) && !url.startsWith("data:"))).toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("keeps no key where another page or another day could find it", async () => {
    await authorize("x-api-key", secret);
    await tryOut("getSecretData");
    const kept = await page.evaluate(`(async () => JSON.stringify([
      { ...localStorage }, { ...sessionStorage }, document.cookie,
    ]))()`);
    expect(kept).toMatch(/^\[\{.*\},\{.*\},"".*\]$/);
    expect(kept).not.toContain(secret);
    await page.reload();
    await drawn();
    // Another operation: the address remembers which one was open.
    expect((await tryOut("getData")).status).toMatch(/^401/);
  });
});
