import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { namesIn, tamper, verdictOn } from "../../support/databases.ts";
import { startLatchkey } from "../../support/process/child.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const path = join(folder, "latchkey.db");
const file = join(folder, "backup.db");
const environment = { DATABASE_URL: `sqlite:${path}`, PORT: "0" };
const latchkey = (...words: string[]) => runCaptured(words, { environment });

const MORE_BYTES = 20_000_000;

/** How often a backup is repeated until the service has written something while it ran. */
const TRIES = 50;

describe("latchkey backup while a service is writing", () => {
  it("has all that was acknowledged before it began, and nothing but what was acknowledged without a gap", async () => {
    const admin = JSON.parse((await latchkey("keys", "create", "--admin", "--json")).out);
    tamper(path, `CREATE TABLE more AS SELECT randomblob(${MORE_BYTES}) AS bytes`);
    const child = startLatchkey(["serve"], environment);
    const [, url = ""] = await child.out.until(/"url":"(http:[^"]+)"/);
    const acknowledged: string[] = [];
    let isOver = false;
    const register = async (name: string) => {
      const { status } = await fetch(`${url}/v1/clients`, {
        method: "POST",
        headers: { "x-api-key": admin.secret, "content-type": "application/json" },
        body: JSON.stringify({ name }),
      });
      if (status === 201) acknowledged.push(name);
    };
    const writing = (async () => {
      for (let count = 1; !isOver; count++) await register(`client ${count}`);
    })();

    let [before, after] = [0, 0];
    try {
      for (let tries = 0; (before === 0 || before === after) && tries < TRIES; tries++) {
        before = acknowledged.length;
        expect(await latchkey("backup", file, "--force")).toMatchObject({ code: 0, err: "" });
        after = acknowledged.length;
      }
    } finally {
      isOver = true;
      await writing;
      child.process.kill("SIGTERM");
      await child.ended;
    }

    expect(after).toBeGreaterThan(before);
    expect(verdictOn(file)).toBe("ok");
    const names = (await namesIn(file)).slice(1);
    expect(names.length).toBeGreaterThanOrEqual(before);
    expect(names).toEqual(acknowledged.slice(0, names.length));
  });
});
