import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { tamper } from "../../support/databases.ts";
import { LATCHKEY, startChild, startLatchkey } from "../../support/process/child.ts";
import { runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

// A backup while a service is writing: test/raw/store/backup.raw.ts.
const root = temporaryFolder();
let made = 0;

/** A folder of its own, with a database that has a client `acme`, its key and an admin key. */
async function aSetting() {
  const folder = join(root, String(++made));
  mkdirSync(folder);
  const path = join(folder, "latchkey.db");
  const environment = { DATABASE_URL: `sqlite:${path}`, PORT: "0" };
  const latchkey = (...words: string[]) => runCaptured(words, { environment });
  const issue = async (words: string) =>
    JSON.parse((await latchkey("keys", "create", ...words.split(" "), "--json")).out);
  const admin = await issue("--admin");
  const { key } = await issue("--client acme --create-client --scope data:read");
  return { folder, path, file: join(folder, "backup.db"), environment, latchkey, issue, admin, key };
}

/** A service in a process of its own on the database of a setting. */
async function started(environment: Readonly<Record<string, string>>) {
  const child = startLatchkey(["serve"], environment);
  const listening = child.out.until(/"url":"(http:[^"]+)"/);
  const [, url = ""] = await listening.catch(async () => {
    throw new Error(`The service did not start:\n${(await child.ended).err}`);
  });
  const stop = async () => {
    child.process.kill("SIGTERM");
    await child.ended;
  };
  return { url, stop };
}

const MORE_BYTES = 20_000_000;

describe("latchkey backup", () => {
  it("says what it wrote and what is in there, for people and for programs", async () => {
    const { file, latchkey } = await aSetting();
    const first = await latchkey("backup", file);
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out).toMatch(/^Backed up 2 clients and 2 keys to .+backup\.db \(\d+ bytes\), as of \d{4}-.+Z\.\n/);
    expect(first.out).toMatch(/digests of keys, never keys/);

    const again = await latchkey("backup", file, "--force", "--json");
    expect(JSON.parse(again.out)).toEqual({
      file,
      bytes: readFileSync(file).length,
      clients: 2,
      keys: 2,
      takenAt: expect.stringMatching(/^\d{4}-.+Z$/),
    });
  });

  it("writes no key into the file, only digests", async () => {
    const { file, latchkey, admin } = await aSetting();
    await latchkey("backup", file);
    const text = readFileSync(file, "latin1");
    expect(text).toContain("acme");
    expect(text).not.toContain(admin.secret);
    expect(text).not.toMatch(/lk_(?:live|test)_\w{8}/);
  });

  it("ends with 1 and one line when the file is there", async () => {
    const { file, latchkey } = await aSetting();
    await latchkey("backup", file);
    expect(await latchkey("backup", file)).toEqual({
      code: 1,
      out: "",
      err: `${file} exists already: name another file, or replace it with --force.\n`,
    });
  });

  it("ends with 1 and one line when there is no room, and leaves nothing", async () => {
    const { folder, path, file, environment } = await aSetting();
    tamper(path, `CREATE TABLE more AS SELECT randomblob(${MORE_BYTES}) AS bytes`);
    const limited = ["sh", "-c", 'ulimit -f 200; exec "$@"', "sh", ...LATCHKEY, "backup", file];
    const { code, out, err } = await startChild(limited, environment).ended;
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^.+\.partial cannot be written: .+check the disk.+\n$/m);
    expect(readdirSync(folder)).toEqual(["latchkey.db"]);
  });
});

describe("latchkey restore", () => {
  it("is refused while an idle service runs, and works once it has stopped", async () => {
    const { file, environment, latchkey, admin } = await aSetting();
    await latchkey("backup", file);
    const service = await started(environment);
    const refused = await latchkey("restore", file, "--yes");
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toMatch(/^The database .+ is open in another process: stop the service, .+\n$/);
    const { status } = await fetch(`${service.url}/v1/clients`, { headers: { "x-api-key": admin.secret } });
    expect(status).toBe(200);
    await service.stop();
    expect(await latchkey("restore", file, "--yes")).toMatchObject({ code: 0, err: "" });
  });

  it("gives a new service its data: old keys are admitted, later ones are not, and revoked ones stay revoked", async () => {
    const { file, environment, latchkey, issue } = await aSetting();
    const [good, bad] = [
      await issue("--client acme --scope data:read"),
      await issue("--client acme --scope data:read"),
    ];
    await latchkey("backup", file);
    await latchkey("keys", "revoke", bad.key.id, "--yes", "--reason", "leaked");
    const late = await issue("--client acme --scope data:read");

    const { out } = await latchkey("restore", file, "--yes");
    expect(out).toMatch(
      /^Restored 2 clients and 4 keys from .+backup\.db into .+latchkey\.db\.\nThe database .+ is kept as /,
    );
    expect(out).toMatch(/Not in the backup: 0 clients and 1 key that came later\./);
    expect(out).toMatch(new RegExp(`What was stopped since the backup stays so:\n  ${bad.key.id} +revoked +\\d{4}-`));

    const service = startProgram(["serve"], { environment, isTerminal: true });
    const [, url = ""] = await service.out.until(/listens on (http:\S+)/);
    const statusWith = async (key: string) =>
      (await fetch(`${url}/data`, { headers: { "x-api-key": key, connection: "close" } })).status;
    expect(await Promise.all([good, bad, late].map(({ secret }) => statusWith(secret)))).toEqual([200, 401, 401]);
    service.stop();
    await service.finished;
  });

  it("lets revoked keys work again with --exactly, and says so", async () => {
    const { file, latchkey, key } = await aSetting();
    await latchkey("backup", file);
    await latchkey("keys", "revoke", key.id, "--yes");
    const { out } = await latchkey("restore", file, "--yes", "--exactly");
    expect(out).toMatch(new RegExp(`since the backup WORKS AGAIN, as in the backup:\n  ${key.id} +revoked`));
    expect((await latchkey("keys", "show", key.id)).out).toContain("active\n");
  });

  it("prints JSON for programs", async () => {
    const { path, file, latchkey, key } = await aSetting();
    await latchkey("backup", file);
    await latchkey("keys", "revoke", key.id, "--yes");
    const { out } = await latchkey("restore", file, "--yes", "--json");
    const view = JSON.parse(out);
    expect(view).toEqual({
      file,
      database: path,
      clients: 2,
      keys: 2,
      keptAs: expect.stringMatching(/latchkey\.db\.before-restore-[\dT]+\.\d{3}Z$/),
      stayStopped: [{ id: key.id, how: "revoked", at: expect.stringMatching(/Z$/) }],
      workAgain: [],
      missing: { clients: 0, keys: 0 },
    });
    expect(existsSync(view.keptAs)).toBe(true);
  });

  it("adds an event to the restored log, with the end of the log that it replaced", async () => {
    const { file, latchkey, key } = await aSetting();
    await latchkey("backup", file);
    await latchkey("keys", "revoke", key.id, "--yes");
    const { hash } = JSON.parse((await latchkey("audit", "head", "--json")).out);
    await latchkey("restore", file, "--yes");
    const [event, ...others] = JSON.parse((await latchkey("audit", "list", "--json")).out).items;
    expect(event).toMatchObject({
      action: "database.restored",
      actor: { kind: "operator" },
      target: { kind: "database", id: hash },
      details: { backup: file, exactly: "false", stopped: "1" },
    });
    expect(others.map(({ action }: { action: string }) => action)).not.toContain("key.revoked");
    expect((await latchkey("audit", "verify")).code).toBe(0);
  });

  it("restores nothing without --yes and without a terminal", async () => {
    const { folder, file, latchkey } = await aSetting();
    await latchkey("backup", file);
    expect(await latchkey("restore", file)).toEqual({
      code: 2,
      out: "",
      err: "No terminal to ask for confirmation: add --yes.\n",
    });
    expect(readdirSync(folder).toSorted()).toEqual(["backup.db", "latchkey.db"]);
  });

  it.each([
    [true, 0],
    [false, 1],
  ])("shows at a terminal what would happen, asks, and on %p ends with %i", async (answer, code) => {
    const { path, file, environment, latchkey, key } = await aSetting();
    await latchkey("backup", file);
    await latchkey("keys", "revoke", key.id, "--yes");
    const program = startProgram(["restore", file], { environment, isTerminal: true, answer });
    const { err, ...finished } = await program.finished;
    expect(finished).toMatchObject({ code });
    expect(program.questions).toEqual([`Replace the database ${path}?`]);
    expect(err).toMatch(/^.+backup\.db holds 2 clients and 2 keys\.\nWhat was stopped since the backup stays so:\n/);
    expect(err.endsWith("Nothing was restored.\n")).toBe(!answer);
  });

  it("ends with 1 and one line when the file is not there", async () => {
    const { folder, latchkey } = await aSetting();
    const nothing = join(folder, "nothing.db");
    const err = `There is no file ${nothing}: name one that latchkey backup wrote.\n`;
    expect(await latchkey("restore", nothing, "--yes")).toEqual({ code: 1, out: "", err });
  });
});
