import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { toOpenApiDocument } from "../../../src/contract/document/openapi-document.ts";
import { toScopes } from "../../../src/contract/model/schemes.ts";
import { parseKey } from "../../../src/keys/format.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { DAY_MS } from "../../support/builders.ts";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });
const create = (...words: string[]) => latchkey("keys", "create", "--client", "acme", "--create-client", ...words);

/** Issues a key with these words, and reads what a program would read. */
async function created(...words: string[]) {
  const { code, out, err } = await create("--json", ...words);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  return JSON.parse(out);
}

const keysInStore = async (): Promise<number> =>
  JSON.parse((await latchkey("keys", "list", "--json")).out).items.length;

describe("latchkey keys list", () => {
  it("tells when there are none", async () => {
    expect(await latchkey("keys", "list")).toEqual({ code: 0, out: "There are no keys yet.\n", err: "" });
  });

  it("shows all, newest first, revoked ones too, and never a secret or a digest", async () => {
    const { key: older, secret } = await created("--scope", "data:read", "--name", "older");
    const { key: newer } = await created("--scope", "data:read,info:read", "--expires", "2099-01-31T12:00:00Z");
    const { out: revoked } = await latchkey("keys", "revoke", older.id, "--yes", "--json");

    const json = (await latchkey("keys", "list", "--json")).out;
    expect(JSON.parse(json)).toEqual({ items: [newer, JSON.parse(revoked)], nextCursor: null });
    const table = (await latchkey("keys", "list")).out;
    expect(table.split("\n").map((line) => line.split(/ {2,}/))).toEqual([
      ["ID", "CLIENT", "NAME", "ENV", "STATE", "KEY ENDS", "SCOPES", "EXPIRES", "CREATED"],
      [
        newer.id,
        "acme",
        "unnamed",
        "live",
        "active",
        `…${newer.lastFour}`,
        "data:read,info:read",
        "2099-01-31T12:00:00.000Z",
        newer.createdAt,
      ],
      [older.id, "acme", "older", "live", "revoked", `…${secret.slice(-4)}`, "data:read", "never", older.createdAt],
      [""],
    ]);
    for (const text of [json, table]) expect(text).not.toMatch(/sha256|lk_live_/);
  });

  it("refuses to filter by an unknown scope", async () => {
    const { code, err } = await latchkey("keys", "list", "--scope", "data:reed");
    expect(code).toBe(2);
    expect(err).toMatch(/^Unknown scope data:reed, which no key has either: choose one of data:read, /);
  });
});

describe("latchkey keys create", () => {
  it("prints the secret once, for people", async () => {
    const { code, out, err } = await create("--scope", "data:read", "--scope", "info:read");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(
      /^Issued key_\w{20} to acme, with data:read, info:read\.\n\n {2}lk_live_\w{38}\n\nStore it now: .+\n$/,
    );
    expect(out.match(/lk_live_\w+/g)).toHaveLength(1);
  });

  it("prints exactly the key and its secret as JSON, for programs", async () => {
    const words = "keys create --client NAME --create-client --scope data:read --scope info:read --json";
    const { code, out, err } = await latchkey(...words.split(" "));
    expect({ code, err }).toEqual({ code: 0, err: "" });
    const { key, secret, ...more } = JSON.parse(out);
    expect(more).toEqual({});
    expect(parseKey(secret)).toMatchObject({ environment: "live" });
    expect(key).toEqual({
      id: expect.stringMatching(/^key_[0-9A-Za-z]{20}$/),
      client: { id: expect.stringMatching(/^client_/), name: "NAME" },
      name: "unnamed",
      environment: "live",
      scopes: ["data:read", "info:read"],
      state: "active",
      lastFour: secret.slice(-4),
      createdAt: expect.stringMatching(/Z$/),
      expiresAt: null,
      disabledAt: null,
      revokedAt: null,
      revocationReason: null,
      successorId: null,
      overlapEndsAt: null,
      selfRotation: false,
      allowedIps: [],
      limits: null,
      metadata: {},
    });
  });

  it("registers a client only once, and takes its id as well as its name", async () => {
    const { key } = await created("--scope", "data:read");
    const again = await latchkey("keys", "create", "--client", key.client.id, "--scope", "data:read", "--json");
    expect(JSON.parse(again.out).key.client).toEqual(key.client);
    expect((await latchkey("clients", "list")).out.match(/ {2}acme {2}/g)).toHaveLength(1);
  });

  it("grants all administrative scopes with --admin, to a client of that name", async () => {
    const { out } = await latchkey("keys", "create", "--admin", "--json");
    const { key } = JSON.parse(out);
    expect(key.client.name).toBe("admin");
    expect(key.scopes).toEqual([
      "clients:read",
      "clients:write",
      "keys:read",
      "keys:write",
      "keys:verify",
      "usage:read",
      "audit:read",
      "metrics:read",
    ]);
    expect((await latchkey("keys", "create", "--admin")).code).toBe(0);
    expect((await created("--admin", "--scope", "data:read")).key).toMatchObject({
      client: { name: "acme" },
      scopes: ["data:read", ...key.scopes],
    });
  });

  it("issues test keys, named keys, and keys of another brand", async () => {
    const words = ["keys", "create", "--admin", "--environment", "test", "--name", "nightly import", "--json"];
    const { out } = await runCaptured(words, { environment: { ...environment, LATCHKEY_BRAND: "acme" } });
    expect(JSON.parse(out)).toMatchObject({
      key: { environment: "test", name: "nightly import" },
      secret: expect.stringMatching(/^acme_test_/),
    });
  });

  it("lets a key expire after a duration, or at a time", async () => {
    const before = Date.now();
    const { key } = await created("--scope", "data:read", "--expires", "90d");
    expect(Date.parse(key.expiresAt)).toBeGreaterThanOrEqual(before + 90 * DAY_MS);
    expect(Date.parse(key.expiresAt)).toBeLessThanOrEqual(Date.now() + 90 * DAY_MS);
    const { key: other } = await created("--scope", "data:read", "--expires", "2099-01-31T13:00:00+01:00");
    expect(other.expiresAt).toBe("2099-01-31T12:00:00.000Z");
  });

  const KNOWN = Object.keys(toScopes(toOpenApiDocument(loadBuiltInContract().document))).join(", ");

  it.each([
    [
      "an unknown scope, and names the known ones",
      1,
      /^Unknown scope data:write: choose one of (.+); for the scopes of another contract, set LATCHKEY_CONTRACT\.\n$/,
      "--client acme --scope data:write",
    ],
    ["an unknown client", 1, /^Unknown client nobody: add --create-client/, "--client nobody --scope data:read"],
    [
      "a new client that is named like an id",
      2,
      /^The name must not begin with client_ or key_/,
      "--client client_x --create-client --scope data:read",
    ],
    [
      "an end that is past",
      1,
      /--expires is not in the future/,
      "--client acme --scope data:read --expires 2020-01-01T00:00:00Z",
    ],
    ["an end right now", 1, /--expires is not in the future/, "--client acme --scope data:read --expires 0d"],
    [
      "an end that is nonsense",
      2,
      /^Invalid end soon: use a duration such as 90d/,
      "--client acme --scope data:read --expires soon",
    ],
    ["a key without a client", 2, /^No client given: add --client NAME/, "--scope data:read"],
    ["a key without scopes", 2, /^No scope given: add for example --scope data:read/, "--client acme"],
    [
      "an environment that does not exist",
      2,
      /Allowed choices are live, test/,
      "--client acme --scope data:read --environment prod",
    ],
    [
      "a name that colours the terminal",
      2,
      /^The name is not valid: \P{Cc}+\n$/u,
      "--client acme --scope data:read --name \u001b[31m",
    ],
    [
      "a client that colours the terminal",
      2,
      /^The client is not valid: \P{Cc}+\n$/u,
      "--client \u001b[31m --create-client --scope data:read",
    ],
  ])("refuses %s, and issues nothing", async (_, code, message, words) => {
    const before = await keysInStore();
    const refused = await latchkey("keys", "create", ...words.split(" "));
    expect(refused).toEqual({ code, out: "", err: expect.stringMatching(message) });
    const [, named = KNOWN] = message.exec(refused.err) ?? [];
    expect(named).toBe(KNOWN);
    expect(await keysInStore()).toBe(before);
  });

  it("registers no client for a key that is refused", async () => {
    const refused = await latchkey(
      "keys",
      "create",
      "--client",
      "latecomer",
      "--create-client",
      "--scope",
      "data:write",
    );
    expect(refused.code).toBe(1);
    expect((await latchkey("clients", "list")).out).not.toContain("latecomer");
  });
});
