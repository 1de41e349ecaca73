import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { anAdmin } from "../../support/admin.ts";
import { aService } from "../../support/service.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const path = join(temporaryFolder(), "latchkey.db");
const service = aService({ DATABASE_URL: `sqlite:${path}` });
const { get } = anAdmin(service);
const PAGE_BYTES = 4_096;
const secrets: string[] = [];

/** Notes that fill a page with a few keys. */
const metadata = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`note${index}`, "x".repeat(80)]));

beforeAll(async () => {
  for (let index = 0; index < 40; index++) {
    const { secret } = await service.issue({ client: `client-${index}`, scopes: ["data:read"], metadata });
    secrets.push(secret);
  }
  // A key beside the admin's that is in memory, and the newest one.
  secrets.push((await service.issue()).secret);
});

/** Overwrites the pages of the first keys in the file under the running service, as a failing disk does. */
function damageKeys() {
  const file = new DatabaseSync(path);
  file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  file.close();
  const text = readFileSync(path);
  for (let page = 1; page < text.length / PAGE_BYTES; page++) {
    const start = page * PAGE_BYTES;
    const content = text.subarray(start, start + PAGE_BYTES);
    const isOfKeys =
      content[0] === 13 && content.includes("note9") && !content.includes(secrets.at(-1)?.slice(-4) ?? "");
    if (isOfKeys) text.fill(0xff, start, start + PAGE_BYTES);
  }
  writeFileSync(path, text);
}

describe("a database with damaged pages", () => {
  it("gives 503 for keys that cannot be read, serves the others, and is not ready", async () => {
    expect((await get("/readyz")).status).toBe(200);
    damageKeys();
    const statuses: number[] = [];
    for (const secret of secrets) {
      statuses.push((await request(service.url).get("/data").set("x-api-key", secret)).status);
    }
    const unavailable = statuses.filter((status) => status === 503).length;
    expect(unavailable).toBeGreaterThan(secrets.length / 2);
    expect(statuses.at(-1)).toBe(200);
    expect(statuses.filter((status) => status !== 503 && status !== 200)).toEqual([]);
    expect((await get("/readyz")).status).toBe(503);
    expect((await get("/healthz")).status).toBe(200);
  });
});
