// Creates the pictures in docs/screenshots from a temporary service: npm run screenshots
import { join } from "node:path";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { createInitialKeys } from "../src/admin/keys/create-initial-keys.ts";
import { parseConfig } from "../src/config/config.ts";
import { KEYS_IN_TEXT } from "../src/keys/format.ts";
import { createLog } from "../src/lib/log/log.ts";
import { serve } from "../src/service/start.ts";
import { openChromium } from "../test/support/browser/chromium.ts";
import { authorize, PHONE, rendered, tryOut } from "../test/support/browser/docs-page.ts";

const FOLDER = join(import.meta.dirname, "../docs/screenshots");
/** The URL that the pictures show. The service itself listens on any free port. */
const SHOWN = "http://127.0.0.1:8080";
const DESK: BrowserContextOptions = { viewport: { width: 1100, height: 720 } };

const outcome = parseConfig({ PORT: "0", DATABASE_URL: "sqlite::memory:" });
if (outcome.kind === "invalid") throw new Error(outcome.errors.join("\n"));
const running = await serve(
  outcome.config,
  createLog({ level: "silent", secrets: KEYS_IN_TEXT, destination: process.stderr }),
);
const keys = await createInitialKeys(["live", "test"], running.actions);
if (keys === undefined) throw new Error("There are keys already.");
const { secret } = keys.demo;
const browser = await openChromium();

try {
  const landing = await open(browser, "/docs", { ...DESK, colorScheme: "light" });
  await landing.screenshot({ path: join(FOLDER, "landing.png") });

  const call = await open(browser, "/docs", { ...DESK, colorScheme: "dark" });
  await authorize(call, "x-api-key", secret);
  await tryOut(call, "getData");
  await shootFrom(call, ".opblock-get .opblock-section", "call.png");

  const refusal = await open(browser, "/docs", { ...PHONE, colorScheme: "light" });
  await tryOut(refusal, "getSecretData");
  await shootFrom(refusal, ".responses-wrapper", "refusal-on-a-phone.png");

  const problem = await open(browser, "/problems/key-missing", { ...PHONE, colorScheme: "dark" });
  await problem.screenshot({ path: join(FOLDER, "problem-on-a-phone.png") });
} finally {
  await browser.close();
  await running.stop();
}

async function open(from: Browser, path: string, options: BrowserContextOptions): Promise<Page> {
  const context = await from.newContext(options);
  await context.route(`${SHOWN}/**`, async (route) => {
    const url = route.request().url().replace(SHOWN, running.url);
    await route.fulfill({ response: await route.fetch({ url }) });
  });
  const page = await context.newPage();
  await page.goto(SHOWN + path);
  if (path === "/docs") await rendered(page);
  return page;
}

/** Takes a picture with the first element that matches `selector` at the top. */
async function shootFrom(page: Page, selector: string, name: string) {
  await page
    .locator(selector)
    .first()
    .evaluate((element) => (element as unknown as Scrollable).scrollIntoView());
  await page.screenshot({ path: join(FOLDER, name) });
}

/** The one browser type that is needed; this project does not include the DOM types. */
type Scrollable = { readonly scrollIntoView: () => void };
