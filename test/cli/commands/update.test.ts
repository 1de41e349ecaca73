import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });

async function issued(...words: string[]): Promise<string> {
  const options = ["--client", "acme", "--create-client", "--scope", "data:read", "--json", ...words];
  return JSON.parse((await latchkey("keys", "create", ...options)).out).key.id;
}

const shown = async (id: string) => {
  const {
    plan: _plan,
    quotas: _quotas,
    uses: _uses,
    ...key
  } = JSON.parse((await latchkey("keys", "show", id, "--json")).out);
  return key;
};

describe("latchkey keys update", () => {
  it("changes only the named fields", async () => {
    const id = await issued("--expires", "90d", "--allow-ip", "10.0.0.0/8", "--metadata", '{"team":"blue"}');
    const before = await shown(id);
    expect(before.metadata).toEqual({ team: "blue" });
    expect(await latchkey("keys", "update", id, "--name", "other", "--self-rotation")).toEqual({
      code: 0,
      out: `Changed ${id}.\n`,
      err: "",
    });
    expect(await shown(id)).toEqual({ ...before, name: "other", selfRotation: true });

    const all = [
      "--scope",
      "data:read,info:read",
      "--expires",
      "never",
      "--allow-ip",
      "anywhere",
      "--no-self-rotation",
    ];
    const { out } = await latchkey("keys", "update", id, ...all, "--metadata", '{"a":[1]}', "--json");
    expect(JSON.parse(out)).toEqual({
      ...before,
      name: "other",
      scopes: ["data:read", "info:read"],
      expiresAt: null,
      allowedIps: [],
      selfRotation: false,
      metadata: { a: [1] },
    });
  });

  it.each([
    [2, /Nothing to change/, []],
    [2, /The name/, ["--name", "\u200b"]],
    [1, /Unknown scope moon:read: choose one of data:read/, ["--scope", "moon:read"]],
    [2, /has no value/, ["--scope", ","]],
    [2, /has no value/, ["--allow-ip", ""]],
    [1, /--expires is not in the future/, ["--expires", "2020-01-01T00:00:00Z"]],
    [2, /Invalid end/, ["--expires", "soon"]],
    [1, /Invalid range 10\.0\.0\.0\/40: use a CIDR/, ["--allow-ip", "10.0.0.0/40"]],
    [2, /not a JSON object/, ["--metadata", "[1]"]],
    [2, /not a JSON object/, ["--metadata", "{"]],
    [2, /4096 bytes/, ["--metadata", JSON.stringify({ a: "x".repeat(5000) })]],
  ])("exits with %i and prints %s", async (code, words, options) => {
    const id = await issued();
    const before = await shown(id);
    const answer = await latchkey("keys", "update", id, ...options);
    expect(answer).toEqual({ code, out: "", err: expect.stringMatching(words) });
    expect(await shown(id)).toEqual(before);
  });

  it("does not touch a revoked key, or one that does not exist", async () => {
    const id = await issued();
    await latchkey("keys", "revoke", id, "--yes");
    expect((await latchkey("keys", "update", id, "--name", "a")).err).toContain("cannot be changed");
    expect((await latchkey("keys", "update", UNKNOWN_SECRET, "--name", "a")).err).not.toContain(UNKNOWN_SECRET);
    expect((await latchkey("keys", "update", "key_none", "--name", "a")).err).toContain("Unknown key key_none");
  });
});

describe("latchkey keys list", () => {
  it("lists only the keys that match", async () => {
    const id = await issued("--name", "the needle", "--environment", "test");
    const { lastFour } = await shown(id);
    for (const filter of [
      ["--text", "NEEDLE"],
      ["--environment", "test"],
      ["--last-four", lastFour, "--client", "acme", "--scope", "data:read", "--state", "active"],
    ]) {
      const { out } = await latchkey("keys", "list", "--json", ...filter);
      expect(JSON.parse(out).items.map((key: { id: string }) => key.id)).toEqual([id]);
    }
    expect((await latchkey("keys", "list", "--text", "haystack")).out).toBe("No keys match.\n");
    expect((await latchkey("keys", "list", "--client", "nobody")).err).toContain("Unknown client nobody");
    expect((await latchkey("keys", "list", "--text", "ab")).code).toBe(2);
    expect((await latchkey("keys", "list", "--last-four", "abc")).code).toBe(2);
    expect((await latchkey("keys", "list", "--state", "dead")).code).toBe(2);
  });
});

describe("latchkey clients", () => {
  it("update changes a client, and list finds it", async () => {
    await latchkey("clients", "create", "shop", "--metadata", '{"tier":1}');
    expect((await latchkey("clients", "update", "shop", "--name", "the shop")).out).toBe("Changed the shop.\n");
    const { out } = await latchkey("clients", "list", "--text", "SHOP", "--state", "active", "--json");
    expect(JSON.parse(out).items).toMatchObject([{ name: "the shop", metadata: { tier: 1 } }]);
    expect((await latchkey("clients", "list", "--state", "disabled")).out).toBe("No clients match.\n");
    const update = (...words: string[]) => latchkey("clients", "update", ...words);
    expect(JSON.parse((await update("the shop", "--metadata", "{}", "--json")).out).metadata).toEqual({});
    expect((await update("shop", "--name", "a")).err).toContain("Unknown client shop");
    expect((await update("the shop", "--name", "acme")).err).toContain("The client name acme is taken");
    expect((await update("the shop", "--name", "client_a")).err).toContain("must not begin with client_");
    expect((await update("the shop")).code).toBe(2);
  });

  it("revoke-keys asks, and then revokes them all", async () => {
    const [one, two] = [await issued("--client", "leaver"), await issued("--client", "leaver")];
    const words = ["clients", "revoke-keys", "leaver", "--reason", "gone"];
    expect((await latchkey(...words)).err).toContain("add --yes");
    const no = await runCaptured(words, { environment, isTerminal: true, answer: false });
    expect(no.err).toContain("Nothing was revoked");
    expect((await shown(one)).state).toBe("active");
    const yes = await runCaptured(words, { environment, isTerminal: true, answer: true });
    expect(yes.out).toBe("Revoked 2 keys of leaver. They are refused from the next request on.\n");
    expect(await shown(two)).toMatchObject({ state: "revoked", revocationReason: "gone" });
    const { out } = await latchkey(...words, "--yes", "--json");
    expect(JSON.parse(out)).toMatchObject({ client: { name: "leaver" }, revoked: 0 });
    expect((await latchkey("clients", "revoke-keys", "nobody", "--yes")).err).toContain("Unknown client nobody");
  });

  it("create only as many keys for a client as it may hold, and tell how to raise the limit", async () => {
    const narrow = { ...environment, LATCHKEY_MAX_KEYS_PER_CLIENT: "1" };
    const create = () =>
      runCaptured(["keys", "create", "--client", "small", "--create-client", "--scope", "data:read"], {
        environment: narrow,
      });
    expect((await create()).code).toBe(0);
    expect((await create()).err).toMatch(/maximum of 1 keys: .+LATCHKEY_MAX_KEYS_PER_CLIENT/);
  });
});
