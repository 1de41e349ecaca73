import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../../src/store/database/database.ts";
import { createQuotaStore } from "../../../src/store/quotas.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });
const json = async (...words: string[]) => JSON.parse((await latchkey(...words, "--json")).out);

let id = "";
beforeAll(async () => {
  await latchkey("clients", "create", "acme", "--plan", "free");
  ({
    key: { id },
  } = await json("keys", "create", "--client", "acme", "--scope", "data:read"));
});

describe("latchkey keys limits", () => {
  it("gives a key other limits than its plan, until a time, and takes them back", async () => {
    const { code, out } = await latchkey(
      "keys",
      "limits",
      id,
      "--set",
      "perKey=1000/60s+50",
      "--until",
      "2099-01-31T12:00:00Z",
    );
    expect({ code, out }).toEqual({
      code: 0,
      out: `${id}: perKey=1000/60s burst 50 until 2099-01-31T12:00:00.000Z.\n  perKey: 50 at once, then 17 a second.\n`,
    });
    const { out: sheet } = await latchkey("keys", "show", id);
    expect(sheet).toMatch(/^own limits +perKey=1000\/60s burst 50 until 2099-01-31T12:00:00\.000Z$/m);
    expect(sheet).toMatch(/^limit perKey +1000 in 60 s for each key, 50 at once, then 17 a second$/m);
    expect((await json("keys", "limits", id, "--unlimited")).limits).toEqual({ unlimited: true, until: null, set: {} });
    expect(await latchkey("keys", "show", id)).toMatchObject({ out: expect.not.stringContaining("limit perKey") });
    expect((await latchkey("keys", "limits", id, "--as-planned")).out).toBe(`${id}: as its plan says.\n`);
    expect((await json("keys", "show", id)).limits).toBeNull();
  });

  it.each([
    [["--set", "perKey=0/60s"], /0 is out of range, use 1 to 1000000000/],
    [["--set", "perKey=1/60m"], /Invalid limit perKey=1\/60m/],
    [["--set", "perKey"], /Invalid limit perKey/],
    [["--set", "monthly=5"], /must not set monthly, which all keys of the client share/],
    [["--set", "other=5/1s"], /must name limits or quotas of the plan free, which has perKey, monthly/],
    [["--unlimited", "--as-planned"], /Choose exactly one of/],
    [[], /Choose exactly one of/],
    [["--as-planned", "--until", "1d"], /--until does not go with/],
    [["--unlimited", "--until", "2020-01-01T00:00:00Z"], /must end at a time in the future/],
  ])("refuses %j, and says why", async (words, message) => {
    const { code, out, err } = await latchkey("keys", "limits", id, ...words);
    expect({ code, out }).toEqual({ code: 2, out: "" });
    expect(err).toMatch(message);
  });

  it("refuses an unknown key and a revoked one", async () => {
    expect((await latchkey("keys", "limits", "key_nobody", "--unlimited")).err).toMatch(/Unknown key key_nobody/);
    const { key } = await json("keys", "create", "--client", "acme", "--scope", "data:read");
    await latchkey("keys", "revoke", key.id, "--yes");
    expect(await latchkey("keys", "limits", key.id, "--unlimited")).toMatchObject({
      code: 1,
      err: expect.stringMatching(/revoked/),
    });
  });
});

describe("latchkey clients limits", () => {
  it("gives a client another quota, for all of its keys", async () => {
    const { out } = await latchkey("clients", "limits", "acme", "--set", "monthly=50,perKey=5/10s");
    expect(out).toBe(
      "acme: monthly=50, perKey=5/10s.\n" +
        "  perKey: 1 at once, then one each 2 s. For 5 at once, add a burst: --set perKey=5/10s+5\n",
    );
    const db = await openDatabase(environment.DATABASE_URL);
    const { client } = await json("keys", "show", id);
    const span = new Date().toISOString().slice(0, 7);
    await createQuotaStore(db).add([{ clientId: client.id, quota: "monthly", span, units: 8 }]);
    await db.destroy();
    const { plan, quotas } = await json("keys", "show", id);
    expect({ plan, quotas }).toMatchObject({
      plan: "free",
      quotas: [{ name: "monthly", requests: 50, used: 8, remaining: 42 }],
    });
    expect((await latchkey("keys", "show", id)).out).toMatch(
      /^quota monthly +42 of 50 remain until \d{4}-\d\d-01T00:00:00\.000Z \(8 used\)$/m,
    );
    expect((await json("clients", "limits", "acme", "--as-planned")).limits).toBeNull();
  });

  it("refuses an invalid limit and an unknown client", async () => {
    expect((await latchkey("clients", "limits", "acme", "--set", "monthly=5/1s")).err).toMatch(
      /must set only the requests of monthly/,
    );
    expect((await latchkey("clients", "limits", "nobody", "--unlimited")).err).toMatch(/Unknown client nobody/);
  });
});

describe("the plan of a client", () => {
  it("is given when it is registered, changed, and left to the default again", async () => {
    expect((await json("clients", "update", "acme", "--plan", "unlimited")).plan).toBe("unlimited");
    expect((await json("clients", "update", "acme", "--plan", "default")).plan).toBeNull();
    await latchkey("clients", "update", "acme", "--plan", "free");
  });

  it("must be declared in the contract", async () => {
    for (const words of [
      ["create", "other"],
      ["update", "acme"],
    ] as const) {
      const { code, err } = await latchkey("clients", ...words, "--plan", "gold");
      expect({ code, err }).toEqual({ code: 2, err: "Unknown plan: choose one of free, standard, unlimited.\n" });
    }
  });
});
