import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import type { Browser, Page } from "playwright-core";
import { openChromium } from "../support/browser/chromium.ts";
import { authorize, openDialog, openDocs, operationOn, tryOut } from "../support/browser/docs-page.ts";
import { startChild } from "../support/process/child.ts";
import { aService } from "../support/service.ts";

const service = aService();
let browser: Browser;
let secret = "";

beforeAll(async () => {
  browser = await openChromium();
  const scopes = ["data:read", "info:read", "clients:read", "clients:write", "keys:write", "keys:verify"];
  ({ secret } = await service.issue({ scopes }));
});
afterAll(() => browser?.close());

/** A page that may read the clipboard. */
const open = () => openDocs(browser, service.url, { permissions: ["clipboard-read", "clipboard-write"] });

/** What a person has after pressing Copy. */
async function copied(page: Page, operationId: string): Promise<string> {
  const operation = operationOn(page, operationId);
  await operation.getByRole("button", { name: "Copy", exact: true }).click();
  await operation.getByRole("button", { name: "Copied" }).waitFor();
  return page.evaluate<string>("navigator.clipboard.readText()");
}

/** What a shell with the key in its variable gets for a line. */
async function run(line: string, KEY = secret) {
  const child = startChild(["/bin/bash", "--norc", "-c", `${line} -s -w '%{stderr}%{http_code}'`], { KEY });
  const { out, err } = await child.ended;
  return { status: err.trim(), body: out };
}

describe("the first call, as the page says it,", () => {
  it("is done with the keyboard alone, and with few keys", async () => {
    const page = await open();
    const press = async (name: string) => {
      for (let steps = 0; steps < 60; steps++) {
        await page.keyboard.press("Tab");
        const words = await page.evaluate(
          "(({ ariaLabel, textContent }) => ariaLabel ?? textContent)(document.activeElement)",
        );
        if (String(words).startsWith(name)) return page.keyboard.press("Enter");
      }
      throw new Error(`No way to ${name} by the key Tab.`);
    };
    await press("Authorize");
    await page.locator(".auth-container input").first().waitFor();
    await page.waitForFunction("document.activeElement.tagName === 'INPUT'");
    await page.keyboard.type(secret);
    await page.keyboard.press("Enter");
    await press("Close");
    await press("GET/data");
    await press("Try it out");
    await press("Execute");
    const answer = operationOn(page, "getData").locator(".live-responses-table .response");
    await answer.getByText("Access granted").waitFor();
  });

  it("is done with the mouse alone, once the key is pasted", async () => {
    const page = await open();
    await page.getByText("The first call in a minute").waitFor();
    await openDialog(page);
    const first = page.locator(".auth-container").first();
    expect(await first.textContent()).toContain("x-api-key");
    expect(await first.locator("input").evaluate((field) => field.matches(":focus"))).toBe(true);
    await first.locator("input").fill(secret);
    await first.getByRole("button", { name: "Apply credentials" }).click();
    await page.getByRole("button", { name: "Close" }).first().click();
    expect((await tryOut(page, "getData")).status).toBe("200");
  });
});

describe("the call for a shell, on the page,", () => {
  it("holds a variable and not the key, and runs as it was copied", async () => {
    const page = await open();
    await authorize(page, "x-api-key", secret);
    await tryOut(page, "getData");
    const line = await copied(page, "getData");
    expect(line).toContain('"x-api-key: $KEY"');
    expect(await page.locator("body").textContent()).not.toContain(secret);
    await page.getByText("export KEY=").first().waitFor();
    expect(await run(line)).toEqual({ status: "200", body: '{"message":"Access granted","data":[1,2,3]}' });
    expect((await run(line, "lk_live_other")).status).toBe("401");
  });

  it("holds no key after its owner has logged out, either", async () => {
    const page = await open();
    await authorize(page, "x-api-key", secret);
    await tryOut(page, "getData");
    await openDialog(page);
    await page.locator("button", { hasText: "Logout" }).first().click();
    await page.getByRole("button", { name: "Close" }).first().click();
    expect(await copied(page, "getData")).toContain("$KEY");
    expect(await page.locator("body").innerHTML()).not.toContain(secret);
    expect(await page.evaluate("JSON.stringify(ui.getState())")).not.toContain(secret);
  });

  it("survives a body with quotes, and holds the key that is in it no more than any other", async () => {
    const page = await open();
    await authorize(page, "x-api-key", secret);
    const name = `O'Neil "the $HOME" \`id\` ${Date.now()}`;
    const { status } = await tryOut(page, "createClient", JSON.stringify({ name }, null, 2));
    expect(status).toBe("201");
    const again = await run((await copied(page, "createClient")).replace("O'\\''Neil", "Mac'\\''Neil"));
    expect([again.status, JSON.parse(again.body).name]).toEqual(["201", name.replace("O'", "Mac'")]);

    await tryOut(page, "verifyKey", JSON.stringify({ secret }));
    const line = await copied(page, "verifyKey");
    expect(line).not.toContain(secret);
    expect(JSON.parse((await run(line)).body)).toMatchObject({ valid: true });
  });

  it("sends no body where there is none", async () => {
    const page = await open();
    const { key } = await service.issue({ client: "paused", name: "to pause" });
    await authorize(page, "x-api-key", secret);
    const operation = operationOn(page, "disableKey");
    await operation.locator(".opblock-summary-control").click();
    await operation.getByRole("button", { name: "Try it out" }).click();
    await operation.locator(".parameters input").fill(key.id);
    await operation.getByRole("button", { name: "Execute" }).click();
    await operation.locator(".live-responses-table .response").waitFor();
    expect((await run(await copied(page, "disableKey"))).status).toBe("200");
  });

  it("shows the variable in the URL, too, of the one operation that takes the key there", async () => {
    const page = await open();
    await authorize(page, "api_key", secret);
    expect((await tryOut(page, "getInfo")).status).toBe("200");
    const shown = await operationOn(page, "getInfo").locator(".request-url").textContent();
    expect(shown).toContain(`${service.url}/info?api_key=$KEY`);
    const line = await copied(page, "getInfo");
    expect(line).toContain(`"${service.url}/info?api_key=$KEY"`);
    expect(await run(line)).toEqual({ status: "200", body: "Info data" });
    expect(page.url()).not.toContain(secret);
    expect(await page.locator("body").innerHTML()).not.toContain(secret);
  });
});

describe("a problem on the page", () => {
  it("leads from the answer, and from what the contract says of it, to the page that explains it", async () => {
    const page = await open();
    expect((await tryOut(page, "getSecretData")).status).toMatch(/^401/);
    const operation = operationOn(page, "getSecretData");
    const opened = page.waitForEvent("popup");
    await operation.getByRole("link", { name: "API key missing" }).click();
    const explained = await opened;
    expect(explained.url()).toBe(`${service.url}/problems/key-missing`);
    expect(await explained.getByRole("heading").textContent()).toBe("API key missing");

    const links = operation.locator('.responses-wrapper a[href^="problems"]');
    const addresses = await links.evaluateAll((found) =>
      found.map((link) => (link as unknown as { href: string }).href),
    );
    expect(new Set(addresses).size).toBeGreaterThan(10);
    for (const address of new Set(addresses)) expect((await fetch(address)).status).toBe(200);
  });
});
