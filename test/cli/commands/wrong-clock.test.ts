import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { DAY_MS } from "../../support/builders.ts";
import { inDatabase } from "../../support/databases.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

// A running service whose clock is set: test/raw/store/wrong-clock.raw.ts.
const folder = temporaryFolder();

/** A database on which a service last ran so long from now. */
async function aDatabase(name: string, awayMs: number) {
  const path = join(folder, name);
  const seenAt = Date.now() + awayMs;
  await inDatabase(path, (db) => db.updateTable("store_state").set({ seen_at: seenAt }).execute());
  const environment = { DATABASE_URL: `sqlite:${path}` };
  return { path, latchkey: (...words: string[]) => runCaptured(words, { environment }) };
}

describe("where the clock is far from when a service last ran on the database, latchkey", () => {
  it("prunes nothing that is given by its age, and takes a time", async () => {
    const { latchkey } = await aDatabase("behind.db", -45 * DAY_MS);
    const prune = (before: string) => latchkey("audit", "prune", "--before", before, "--yes");
    expect(await prune("0d")).toMatchObject({
      code: 1,
      err: expect.stringContaining("set the clock, or, if it is right"),
    });
    expect(await prune(new Date(Date.now()).toISOString())).toMatchObject({ code: 0 });
  });

  it("forgets that time with a backup and its restore", async () => {
    const { path, latchkey } = await aDatabase("ahead.db", 45 * DAY_MS);
    expect(await latchkey("backup", `${path}.backup`)).toMatchObject({ code: 0 });
    expect(await latchkey("restore", `${path}.backup`, "--yes")).toMatchObject({ code: 0 });
    const { seen_at: seenAt } = await inDatabase(path, (db) =>
      db.selectFrom("store_state").select("seen_at").executeTakeFirstOrThrow(),
    );
    expect(seenAt).toBeLessThanOrEqual(Date.now());
  });
});
