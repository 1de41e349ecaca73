import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });

/** Issues a key, and reads what a program would read. */
async function created() {
  const { out } = await latchkey(..."keys create --client acme --create-client --scope data:read --json".split(" "));
  return JSON.parse(out);
}

describe("latchkey keys show", () => {
  it("shows a key, as a sheet or as JSON", async () => {
    const { key, secret } = await created();
    const { out } = await latchkey("keys", "show", key.id);
    expect(out).toMatch(new RegExp(`^id +${key.id}\nclient +acme \\(${key.client.id}\\)\n`));
    expect(out).toMatch(new RegExp(`^key ends in +…${secret.slice(-4)}$`, "m"));
    expect(out).toMatch(/^state +active$/m);
    expect(out).toMatch(
      /^plan +standard\nlimit perClient +6000 in 60 s for each client, 1000 at once, then 100 a second$/m,
    );
    const shown = JSON.parse((await latchkey("keys", "show", key.id, "--json")).out);
    expect(shown).toEqual({ ...key, plan: "standard", quotas: [], uses: [] });
    expect(out).toMatch(/^last used +never$/m);
    expect(out).not.toMatch(/sha256|lk_live_/);
  });

  it("shows when and why a key was revoked", async () => {
    const { key } = await created();
    await latchkey("keys", "revoke", key.id, "--yes");
    expect((await latchkey("keys", "show", key.id)).out).toMatch(/^revoked +\d{4}-.+Z\nreason +not given$/m);
  });
});

describe("latchkey keys revoke", () => {
  it("revokes with --yes, and keeps the first reason", async () => {
    const { key } = await created();
    const revoke = (reason: string) => latchkey("keys", "revoke", key.id, "--yes", "--reason", reason, "--json");
    const first = await revoke("leaked");
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(JSON.parse(first.out)).toEqual({
      ...key,
      state: "revoked",
      revokedAt: expect.stringMatching(/Z$/),
      revocationReason: "leaked",
    });
    expect(await revoke("again")).toEqual(first);
    expect((await latchkey("keys", "revoke", key.id, "--yes")).out).toBe(
      `Revoked ${key.id}. It is refused from the next request on.\n`,
    );
  });

  it("revokes nothing without --yes and without a terminal", async () => {
    const { key } = await created();
    const refused = await latchkey("keys", "revoke", key.id);
    expect(refused).toEqual({ code: 2, out: "", err: "No terminal to ask for confirmation: add --yes.\n" });
    expect((await latchkey("keys", "show", key.id)).out).toMatch(/^state +active$/m);
  });

  it.each([
    [true, 0, "revoked"],
    [false, 1, "active"],
  ])("asks at a terminal, and on %p exits with %i and leaves the key %s", async (answer, code, state) => {
    const { key } = await created();
    const program = startProgram(["keys", "revoke", key.id], { environment, isTerminal: true, answer });
    expect(await program.finished).toMatchObject({ code, err: answer ? "" : "Nothing was revoked.\n" });
    expect(program.questions).toEqual([`Revoke ${key.id} of acme (unnamed) for good?`]);
    expect((await latchkey("keys", "show", key.id)).out).toMatch(new RegExp(`^state +${state}$`, "m"));
  });

  it("refuses a reason with control characters, and revokes nothing", async () => {
    const { key } = await created();
    const refused = await latchkey("keys", "revoke", key.id, "--yes", "--reason", "\u0007");
    expect(refused).toMatchObject({ code: 2, err: expect.stringMatching(/^The reason is not valid/) });
    expect((await latchkey("keys", "show", key.id)).out).toMatch(/^state +active$/m);
  });
});

describe("a key that was never issued", () => {
  it.each(["show", "revoke"])("is unknown to latchkey keys %s", async (word) => {
    const program = startProgram(["keys", word, "key_nobody"], { environment, isTerminal: true, answer: true });
    const err = "Unknown key key_nobody: npm run -s latchkey -- keys list shows all keys.\n";
    expect(await program.finished).toEqual({ code: 1, out: "", err });
    expect(program.questions).toEqual([]);
  });
});
