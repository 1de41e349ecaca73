import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });

describe("latchkey clients list", () => {
  it("tells when there are none", async () => {
    expect(await latchkey("clients", "list")).toEqual({ code: 0, out: "There are no clients yet.\n", err: "" });
    expect((await latchkey("clients", "list", "--json")).out).toBe('{"items":[],"nextCursor":null}\n');
  });

  it("shows all, newest first, as a table or as JSON", async () => {
    for (const name of ["older", "newer"]) await latchkey("clients", "create", name);
    const table = (await latchkey("clients", "list")).out.trimEnd().split("\n");
    expect(table.map((line) => line.split(/ {2,}/)[1])).toEqual(["NAME", "newer", "older"]);

    const { items, nextCursor } = JSON.parse((await latchkey("clients", "list", "--json")).out);
    expect(items).toEqual([
      {
        id: expect.stringMatching(/^client_/),
        name: "newer",
        state: "active",
        keys: { active: 0, total: 0 },
        plan: null,
        limits: null,
        metadata: {},
        createdAt: expect.stringMatching(/Z$/),
        disabledAt: null,
      },
      expect.objectContaining({ name: "older" }),
    ]);
    expect(nextCursor).toBeNull();
  });
});

describe("latchkey clients show", () => {
  it("shows state, plan, keys and quotas, as a sheet or as JSON", async () => {
    await latchkey("clients", "create", "shown", "--plan", "free");
    for (const expires of ["90d", "30d"]) {
      await latchkey("keys", "create", "--client", "shown", "--scope", "data:read", "--expires", expires);
    }
    const { items } = JSON.parse((await latchkey("keys", "list", "--client", "shown", "--json")).out);
    await latchkey("keys", "revoke", items[0].id, "--yes");
    const { code, out, err } = await latchkey("clients", "show", "shown");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^id +client_\w{20}\nname +shown\nstate +active\nkeys +1 active, 2 in all\n/);
    expect(out).toMatch(/^plan +free\nlimit perKey +60 in 60 s for each key, 20 at once, then 1 a second\n/m);
    expect(out).toMatch(/^quota monthly +10000 of 10000 remain until \d{4}-.+Z \(0 used\)\n/m);

    expect(JSON.parse((await latchkey("clients", "show", "shown", "--json")).out)).toMatchObject({
      name: "shown",
      state: "active",
      keys: { active: 1, total: 2 },
      plan: "free",
      planInForce: "free",
      quotas: [{ name: "monthly", requests: 10_000, used: 0, remaining: 10_000 }],
    });
    expect(await latchkey("clients", "show", "nobody")).toMatchObject({ code: 1, out: "" });
  });

  it("shows that a client is disabled, also on its keys", async () => {
    await latchkey("keys", "create", "--client", "paused", "--create-client", "--scope", "data:read");
    await latchkey("clients", "disable", "paused");
    expect((await latchkey("clients", "show", "paused")).out).toMatch(
      /^state +disabled\n.*all its keys are refused\n/m,
    );
    expect((await latchkey("clients", "list", "--state", "disabled")).out).toMatch(/ paused +disabled /);
    const keys = await latchkey("keys", "list", "--client", "paused");
    expect(keys.out).toContain("  client disabled  ");
    const id = keys.out.match(/key_\w+/)?.[0] ?? "";
    expect((await latchkey("keys", "show", id)).out).toMatch(/^state +active, but its client is disabled\n/m);
  });
});

describe("latchkey clients create", () => {
  it("registers a client, and prints its id", async () => {
    const { code, out, err } = await latchkey("clients", "create", "Ölfabrik No. 5");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Registered Ölfabrik No\. 5 as client_[0-9A-Za-z]{20}\.\n$/);
  });

  it("prints the client as JSON for programs", async () => {
    const { out } = await latchkey("clients", "create", "my-app", "--json");
    expect(JSON.parse(out)).toEqual({
      id: expect.stringMatching(/^client_[0-9A-Za-z]{20}$/),
      name: "my-app",
      plan: null,
      limits: null,
      metadata: {},
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      disabledAt: null,
    });
  });

  it.each([
    ["a name that is taken", "twin", 1, "The client name twin is taken: choose another name.\n"],
    ["a name like an id", "client_7Qm2", 2, "The name must not begin with client_ or key_, which ids do.\n"],
    ["no name", "", 2, "The name must not be empty\n"],
    ["a name that is too long", "x".repeat(101), 2, "The name must have at most 100 characters\n"],
    [
      "a name that colours the terminal",
      "red\u001b[31m",
      2,
      expect.stringMatching(/^The name is not valid: \P{Cc}+\n$/u),
    ],
    ["a name on two lines", "two\nlines", 2, expect.stringMatching(/^The name is not valid: .+\n$/)],
  ])("refuses %s, and registers no client", async (_, name, code, err) => {
    await latchkey("clients", "create", "twin");
    const before = (await latchkey("clients", "list")).out;
    expect(await latchkey("clients", "create", name)).toEqual({ code, out: "", err });
    expect((await latchkey("clients", "list")).out).toBe(before);
  });
});
