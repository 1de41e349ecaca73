import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../../src/store/database/database.ts";
import { addUsage } from "../../../src/store/usage/add-usage.ts";
import { runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "keys.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });

async function created() {
  const { out } = await latchkey(
    "keys",
    "create",
    "--client",
    "acme",
    "--create-client",
    "--scope",
    "data:read",
    "--json",
  );
  return JSON.parse(out) as { key: { id: string }; secret: string };
}
const shown = async (id: string) => JSON.parse((await latchkey("keys", "show", id, "--json")).out);

beforeAll(created);

describe("latchkey keys rotate", () => {
  it("prints the new secret once, and until when the old key works", async () => {
    const { key, secret } = await created();
    const { code, out } = await latchkey("keys", "rotate", key.id, "--overlap", "2h");
    const old = await shown(key.id);
    expect(code).toBe(0);
    expect(out).toContain(`Issued ${old.successorId} in place of ${key.id}, which works until ${old.overlapEndsAt}.`);
    expect(out).toMatch(/^ {2}lk_live_\w{38}$/m);
    expect(out).not.toContain(secret);
    expect(old.state).toBe("superseded");
    const sheet = (await latchkey("keys", "show", key.id)).out;
    expect(sheet).toMatch(new RegExp(`^successor +${old.successorId}$`, "m"));
    expect(sheet).toMatch(new RegExp(`^stops working +${old.overlapEndsAt}$`, "m"));
  });

  it("prints key and secret as JSON for programs, and ends the old key at once when told so", async () => {
    const { key } = await created();
    const issued = JSON.parse((await latchkey("keys", "rotate", key.id, "--overlap", "0m", "--json")).out);
    expect(Object.keys(issued)).toEqual(["key", "secret"]);
    expect((await shown(key.id)).state).toBe("expired");
  });

  it("refuses a key that was rotated, and names its successor, a key that is not active, and an unknown key", async () => {
    const { key } = await created();
    const { key: successor } = JSON.parse((await latchkey("keys", "rotate", key.id, "--json")).out);
    const again = await latchkey("keys", "rotate", key.id);
    expect(again).toEqual({
      code: 1,
      out: "",
      err: `${key.id} was rotated before: rotate its successor ${successor.id}.\n`,
    });
    await latchkey("keys", "revoke", successor.id, "--yes");
    const revoked = await latchkey("keys", "rotate", successor.id);
    expect(revoked.err).toBe(`${successor.id} is revoked: only an active key can be rotated.\n`);
    expect((await latchkey("keys", "rotate", "key_nobody")).code).toBe(1);
  });

  it.each(["31d", "soon", "-1h", "1.5h"])("refuses an overlap of %s", async (overlap) => {
    const { key } = await created();
    const refused = await latchkey("keys", "rotate", key.id, `--overlap=${overlap}`);
    expect(refused).toMatchObject({ code: 2, out: "" });
    expect((await shown(key.id)).state).toBe("active");
  });
});

describe("a key that is in use", () => {
  async function inUse(minutesAgo = 1) {
    const { key } = await created();
    const db = await openDatabase(environment.DATABASE_URL);
    const at = Date.now() - minutesAgo * 60_000;
    const keyUses = [{ keyId: key.id, operation: "getData", network: "192.0.2.1", at, requests: 3 }];
    await addUsage(db, { rows: [], keyUses, latencies: [] });
    await db.destroy();
    return key.id;
  }

  it.each([
    ["rotate", ["--overlap", "0m"], "Nothing was rotated.\n"],
    ["revoke", [], "Nothing was revoked.\n"],
  ])("is ended by %s only after a confirmation that names its uses", async (word, options, refused) => {
    const id = await inUse();
    const words = ["keys", word, id, ...options];
    const program = startProgram(words, { environment, isTerminal: true, answer: false });
    expect(await program.finished).toMatchObject({ code: 1, err: refused });
    expect(program.questions[0]).toMatch(/^It is in use: getData from 192\.0\.2\.1 at \S+Z\. (End|Revoke) /);
    expect(await latchkey(...words)).toMatchObject({ code: 2, err: expect.stringContaining("add --yes") });
    expect((await shown(id)).state).toBe("active");
    expect((await latchkey(...words, "--yes")).code).toBe(0);
  });

  it("is rotated with an overlap, or after an hour of silence, without a question", async () => {
    expect((await latchkey("keys", "rotate", await inUse())).code).toBe(0);
    expect((await latchkey("keys", "rotate", await inUse(61), "--overlap", "0m")).code).toBe(0);
  });

  it("cannot end after less than a minute of silence", async () => {
    const id = await inUse();
    expect((await latchkey("keys", "rotate", id, "--end-when-silent", "59s")).code).toBe(2);
    expect((await latchkey("keys", "rotate", id, "--end-when-silent", "1m")).code).toBe(0);
  });
});

describe("latchkey keys disable and enable", () => {
  it("disable a key and enable it again", async () => {
    const { key } = await created();
    expect((await latchkey("keys", "disable", key.id)).out).toBe(`Disabled ${key.id}; it is disabled.\n`);
    expect((await latchkey("keys", "show", key.id)).out).toMatch(/^disabled +\d{4}-/m);
    expect((await latchkey("keys", "enable", key.id)).out).toBe(`Enabled ${key.id}; it is active.\n`);
    expect(JSON.parse((await latchkey("keys", "disable", key.id, "--json")).out).state).toBe("disabled");
    expect((await latchkey("keys", "enable", "key_nobody")).err).toContain("Unknown key key_nobody");
  });
});

describe("latchkey clients disable and enable", () => {
  it("disable a client and enable it again", async () => {
    const { key } = await created();
    expect((await latchkey("clients", "disable", "acme")).out).toBe("Disabled acme.\n");
    expect((await latchkey("keys", "show", key.id)).out).toMatch(/^client disabled +\d{4}-/m);
    expect((await latchkey("clients", "enable", "acme")).out).toBe("Enabled acme.\n");
    expect(JSON.parse((await latchkey("clients", "enable", "acme", "--json")).out).disabledAt).toBeNull();
    expect((await latchkey("clients", "disable", "nobody")).err).toContain("Unknown client nobody");
  });
});

describe("latchkey keys create", () => {
  it("restricts a key to networks, and refuses an invalid one", async () => {
    const words = ["keys", "create", "--client", "acme", "--scope", "data:read", "--self-rotation", "--json"];
    const { out } = await latchkey(...words, "--allow-ip", "203.0.113.0/24", "--allow-ip", "::1");
    expect(JSON.parse(out).key).toMatchObject({ allowedIps: ["203.0.113.0/24", "::1/128"], selfRotation: true });
    const refused = await latchkey(...words, "--allow-ip", "10.0.0.0/40");
    expect(refused).toMatchObject({
      code: 1,
      out: "",
      err: expect.stringContaining("Invalid range 10.0.0.0/40: use a CIDR range"),
    });
  });
});
