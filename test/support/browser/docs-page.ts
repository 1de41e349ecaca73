import type { Browser, BrowserContextOptions, Locator, Page } from "playwright-core";

/** A phone. */
export const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

/** Swagger UI in a new page, completely rendered. */
export async function openDocs(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1400 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${url}/docs`);
  await rendered(page);
  return page;
}

/** Resolves when the page has loaded and rendered the contract. */
export async function rendered(page: Page) {
  await page.waitForLoadState("networkidle");
  await page.locator(".opblock").last().waitFor();
}

export async function openDialog(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Authorize", exact: true }).first().click();
  await page.locator(".auth-container").first().waitFor();
}

export async function authorize(page: Page, scheme: string, key: string) {
  await openDialog(page);
  const dialog = page.locator(".auth-container", { hasText: scheme }).first();
  await dialog.locator("input").fill(key);
  await dialog.getByRole("button", { name: "Apply credentials" }).click();
  await page.getByRole("button", { name: "Close" }).first().click();
}

export function operationOn(page: Page, operationId: string): Locator {
  return page.locator(`[id$="-${operationId}"].opblock`);
}

/** Opens an operation and calls it, with `body` if there is one. */
export async function tryOut(page: Page, operationId: string, body?: string) {
  const operation = operationOn(page, operationId);
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Try it out" }).click();
  if (body !== undefined) await operation.locator("textarea").fill(body);
  await operation.getByRole("button", { name: "Execute" }).click();
  const response = operation.locator(".live-responses-table .response");
  await response.waitFor();
  await response.scrollIntoViewIfNeeded();
  return {
    status: String(await response.locator(".response-col_status").textContent()).trim(),
    body: String(await response.locator(".response-col_description").textContent()),
  };
}
