import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import stringWidth from "string-width";
import { insertClient } from "../../src/store/clients.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import { insertKey } from "../../src/store/keys.ts";
import { addUsage } from "../../src/store/usage/add-usage.ts";
import { aClient, aKey, DAY_MS } from "../support/builders.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

// The screens are kept in __snapshots__/ to be looked at: after a change, run this file with -u and read the difference.

const folder = temporaryFolder();
const settingsOf = (name: string) => ({ DATABASE_URL: `sqlite:${join(folder, name)}`, PORT: "1" });
const environment = settingsOf("latchkey.db");
/** For commands that change something, which other screens would show. */
const changing = settingsOf("changing.db");
const HOUR_MS = DAY_MS / 24;

const ACME = aClient({ id: "client_AcmeAcmeAcmeAcmeAcme", name: "acme", plan: "free" });
const SHOP = aClient({ id: "client_ShopShopShopShopShop", name: "Tōkyō 東京 bookshop & café" });
const PAUSED = aClient({ id: "client_WaitWaitWaitWaitWait", name: "paused-app" });
const LIVE = aKey({ id: "key_LiveLiveLiveLiveLive", digest: "1", lastFour: "Ab1z", client: ACME, name: "production" });

beforeAll(async () => {
  await fill(environment);
  await fill(changing);
});

async function fill(environment: ReturnType<typeof settingsOf>) {
  const now = Date.now();
  const ago = (days: number) => now - days * DAY_MS - HOUR_MS;
  const db = await openDatabase(environment.DATABASE_URL);
  await insertClient(db, { ...ACME, createdAt: ago(400), metadata: { team: "blue" } });
  await insertClient(db, { ...SHOP, createdAt: ago(20) });
  await insertClient(db, { ...PAUSED, createdAt: ago(3), disabledAt: ago(1) });
  const old = { revokedAt: ago(5), revocationReason: "leaked in a build log" };
  const keys = [
    { ...LIVE, createdAt: ago(390), expiresAt: now + 40 * DAY_MS + HOUR_MS, scopes: ["data:read", "info:read"] },
    aKey({
      id: "key_ShopShopShopShopShop",
      digest: "2",
      lastFour: "99Xy",
      client: SHOP,
      name: "nightly import of orders",
    }),
    aKey({ id: "key_TestTestTestTestTest", digest: "3", lastFour: "0000", client: SHOP, environment: "test", ...old }),
    aKey({ id: "key_WaitWaitWaitWaitWait", digest: "4", lastFour: "wAiT", client: PAUSED }),
  ];
  for (const key of keys) await insertKey(db, { ...key, createdAt: key.id === LIVE.id ? key.createdAt : ago(10) });
  const row = (hours: number, operation: string, requests: number) => ({
    minute: now - hours * HOUR_MS - (now % 60_000),
    clientId: ACME.id,
    keyId: LIVE.id,
    environment: "live",
    operation,
    statusClass: 2,
    code: "",
    requests,
    cost: requests,
    bytesIn: 1,
    bytesOut: 1,
  });
  const use = { keyId: LIVE.id, operation: "getData", network: "203.0.113.0/24", at: ago(0), requests: 12_000 };
  await addUsage(db, { rows: [row(3, "getData", 12_000), row(3, "getInfo", 600)], keyUses: [use], latencies: [] });
  await db.destroy();
  await runCaptured(["keys", "disable", LIVE.id], { environment });
  await runCaptured(["keys", "enable", LIVE.id], { environment });
}

/** Without what differs from run to run; the replacements are as long, so that columns stay where they are. */
function settled(text: string): string {
  return text
    .replaceAll(folder, "/srv")
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "2026-11-24T12:00:00.000Z")
    .replaceAll(/(lk_live_)\w+/g, `$1${"x".repeat(38)}`)
    .replaceAll(/(?<!\w)(key|client)_(?!Acme|Shop|Live|Test|Wait)\w{20}/g, (_, noun) => `${noun}_${"x".repeat(20)}`)
    .replaceAll(/operator \w+/g, "operator me")
    .replaceAll(/\(\d+ bytes\)/g, "(300000 bytes)")
    .replaceAll(/[\d,]+ MB/g, "50,000 MB")
    .replaceAll(/^(version +)\S+$/gm, (_, label) => `${label}0.1.0`);
}

const screenOf = async (words: readonly string[], columns: number, environment = settingsOf("latchkey.db")) => {
  const screen = { columns, hasColors: false, hasLinks: false };
  const { code, out, err } = await runCaptured(words, { environment, screen });
  return `${settled(out)}${settled(err)}${code === 0 ? "" : `(exit code ${code})\n`}`;
};

const TABLES = ["clients list", "keys list", "scopes list", "audit list", "usage --group-by client,operation"];
const OTHERS = [
  "--help",
  "keys --help",
  "keys create --help",
  "clients show acme",
  "keys show key_LiveLiveLiveLiveLive",
  "keys show key_TestTestTestTestTest",
  "keys show key_WaitWaitWaitWaitWait",
  "keys hygiene",
  "plans list",
  "status",
  "doctor",
  "keys creat",
  "keys create --clinet acme",
  "keys create --client nobody --scope data:read",
  "keys create --client acme --scope data:reed",
  "keys create --client acme --scope data:read --expires tomorrow",
  "clients show nobody",
  "audit prune --before 1m --yes",
];
const CHANGING = [
  "keys limits key_LiveLiveLiveLiveLive --set perKey=2/60s",
  "keys create --client acme --scope data:read --expires 90d",
];

describe.each([80, 120])("a terminal of %d columns", (columns) => {
  it.each(TABLES)("shows latchkey %s, and no line is longer", async (words) => {
    const screen = await screenOf(words.split(" "), columns);
    expect(`\n${screen}`).toMatchSnapshot();
    for (const line of screen.split("\n")) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
  });

  it.each(OTHERS)("shows latchkey %s", async (words) => {
    expect(`\n${await screenOf(words.split(" "), columns)}`).toMatchSnapshot();
  });

  it.each(CHANGING)("shows latchkey %s", async (words) => {
    expect(`\n${await screenOf(words.split(" "), columns, changing)}`).toMatchSnapshot();
  });
});

describe("without a terminal", () => {
  it.each(["clients list", "keys list"])("latchkey %s leaves out nothing", async (words) => {
    const { out } = await runCaptured(words.split(" "), { environment });
    expect(`\n${settled(out)}`).toMatchSnapshot();
  });
});

describe("with colours", () => {
  it("latchkey keys list shows the states in them", async () => {
    const screen = { columns: 80, hasColors: true, hasLinks: false };
    const { out } = await runCaptured(["keys", "list"], { environment, screen });
    expect(out).toContain("\u001b[32mactive\u001b[39m");
    expect(out).toContain("\u001b[31mrevoked\u001b[39m");
    expect(out).toContain("\u001b[33mclient disabled\u001b[39m");
    expect((await runCaptured(["keys", "--help"], { environment, screen })).out).toContain("\u001b[1mUsage:\u001b[22m");
  });

  it("an error that quotes what was typed has none", async () => {
    const screen = { columns: 80, hasColors: true, hasLinks: true };
    const { err } = await runCaptured(["keys", "\u001b[8mcreate"], { environment, screen });
    expect(err).not.toContain("\u001b");
  });
});
