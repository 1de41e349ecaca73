import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { openDatabase } from "../../../src/store/database/database.ts";
import { runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let made = 0;

const somewhere = () => join(folder, `${++made}.db`);
const settings = (path: string, more: Readonly<Record<string, string>> = {}) => ({
  PORT: "0",
  DATABASE_URL: `sqlite:${path}`,
  ...more,
});

const ANY_KEY = /lk_(?:live|test)_\w+/g;

/** What the curl line in `text` for `path` calls, key and all. */
async function statusOfCurl(text: string, path: string): Promise<number> {
  const [, key = "", url = ""] =
    new RegExp(`^ *curl -H 'x-api-key: (\\S+)' (http:\\S+${path})\r?$`, "m").exec(text) ?? [];
  return (await fetch(url, { headers: { "x-api-key": key, connection: "close" } })).status;
}

describe("latchkey serve at a terminal", () => {
  it("prints both first keys once, with curl lines that work, and never again", async () => {
    const environment = settings(somewhere());
    const first = startProgram(["serve"], { environment, isTerminal: true });
    await first.out.until(/Try the API in a browser: http:\S+\/docs\n/);
    const text = first.out.text();
    expect(new Set(text.match(ANY_KEY)).size).toBe(2);
    expect(text).toMatch(/demo key {3}lk_test_/);
    expect(text).toMatch(/admin key {2}lk_live_/);
    expect(await statusOfCurl(text, "/data")).toBe(200);
    expect(await statusOfCurl(text, "/v1/keys")).toBe(200);
    first.stop();
    expect(await first.finished).toMatchObject({ code: 0, err: "" });

    const second = startProgram(["serve"], { environment, isTerminal: true });
    await second.out.until(/Try the API in a browser/);
    second.stop();
    const { code, out } = await second.finished;
    expect({ code, keys: out.match(ANY_KEY) }).toEqual({ code: 0, keys: null });
    expect(out).toMatch(/^Latchkey listens on http:\/\/127\.0\.0\.1:\d+\n/);
  });

  it("listens where --port and --host say, before the environment", async () => {
    const environment = { ...settings(somewhere()), PORT: "1", HOST: "192.0.2.1" };
    const words = ["serve", "--port", "0", "--host", "localhost"];
    const service = startProgram(words, { environment, isTerminal: true });
    await service.out.until(/Try the API in a browser: http:\/\/localhost:\d{2,}\/docs\n/);
    service.stop();
    expect(await service.finished).toMatchObject({ code: 0, err: "" });
    expect((await runCaptured(["serve", "--port", "http"], { environment })).err).toMatch(/^PORT is not valid/);
  });

  it("prints keys of the one environment that is accepted", async () => {
    const environment = settings(somewhere(), { LATCHKEY_ENVIRONMENTS: "live", LATCHKEY_BRAND: "acme" });
    const service = startProgram(["serve"], { environment, isTerminal: true });
    await service.out.until(/Try the API in a browser/);
    expect(service.out.text()).toMatch(/demo key {3}acme_live_/);
    expect(await statusOfCurl(service.out.text(), "/data")).toBe(200);
    service.stop();
    await service.finished;
  });
});

describe("latchkey serve without a terminal", () => {
  it("prints no secret, creates no key, and says how to create one until there is one", async () => {
    const environment = settings(somewhere());
    const first = startProgram(["serve"], { environment });
    const [command = ""] = await first.out.until(/keys create [^"]+/);
    first.stop();
    const { code, out, err } = await first.finished;
    expect({ code, err, keys: out.match(ANY_KEY) }).toEqual({ code: 0, err: "", keys: null });
    const events = out
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line).msg);
    expect(events).toEqual(["listening", expect.stringMatching(/^There are no keys yet/), "stopped"]);
    expect((await runCaptured(["keys", "list"], { environment })).out).toBe("There are no keys yet.\n");

    expect((await runCaptured(command.split(" "), { environment })).code).toBe(0);
    const second = startProgram(["serve"], { environment });
    second.stop();
    expect((await second.finished).out).not.toContain("There are no keys yet");
  });
});

describe("latchkey serve does not start, and explains it", () => {
  /** The lines that it prints before it exits with 1. */
  async function refusal(environment: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const { code, out, err } = await runCaptured(["serve"], { environment });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    return err.trimEnd().split("\n");
  }

  it("in a line for each setting that is not valid", async () => {
    const environment = { PORT: "99999", DATABASE_URL: "mysql://x", LOG_LEVEL: "loud", LATCHKEY_BRNAD: "lk" };
    expect(await refusal(environment)).toEqual([
      "LATCHKEY_BRNAD is not a setting: remove it, or correct its name (there is LATCHKEY_BRAND).",
      "PORT is not valid: give a whole number from 0 to 65535.",
      expect.stringMatching(/^DATABASE_URL is not valid: give sqlite:/),
      expect.stringMatching(/^LOG_LEVEL is not valid: give one of fatal/),
    ]);
  });

  it("in one line when its port is taken", async () => {
    const first = startProgram(["serve"], { environment: settings(somewhere()) });
    const [, port = ""] = await first.out.until(/http:\/\/127\.0\.0\.1:(\d+)/);
    const lines = await refusal(settings(somewhere(), { PORT: port }));
    first.stop();
    await first.finished;
    expect(lines).toEqual([expect.stringMatching(/^The port is taken: .+ PORT=9000\.$/)]);
  });

  it("when clients hold a plan that the contract no longer declares", async () => {
    const environment = settings(somewhere());
    await runCaptured(["clients", "create", "acme", "--plan", "free"], { environment });
    const db = await openDatabase(environment["DATABASE_URL"] ?? "");
    await db.updateTable("clients").set({ plan: "gold" }).execute();
    await db.destroy();
    const lines = await refusal(environment);
    expect(lines).toEqual([
      "The contract has findings that stop the start.",
      expect.stringMatching(
        /^.+openapi\.yaml:\d+: clients hold the plan gold, which the contract does not declare: put it back, or give them/,
      ),
    ]);
    await runCaptured(["clients", "update", "acme", "--plan", "default"], { environment });
    const program = startProgram(["serve"], { environment });
    program.stop();
    expect((await program.finished).code).toBe(0);
  });

  it("with the way out, when a contract of one's own has findings", async () => {
    const path = join(folder, "gaps.yaml");
    const text =
      "openapi: 3.1.0\ninfo: { title: Gaps, version: '1' }\npaths: { /a: { get: { security: null, responses: {} } } }\n";
    writeFileSync(path, text);
    const environment = settings(somewhere(), { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: "http://127.0.0.1:1" });
    expect(await refusal(environment)).toEqual([
      `The contract has findings that stop the start. npm run -s latchkey -- init ${path} writes a copy that fixes them.`,
      expect.stringMatching(/gaps\.yaml:3: GET \/a declares no security: /),
    ]);
    const strict = await refusal({ ...environment, LATCHKEY_STRICT: "true" });
    expect(strict[0]).toBe(
      `The contract has findings that stop the start. 2 of them would be only warnings without strictness (--strict, LATCHKEY_STRICT). npm run -s latchkey -- init ${path} writes a copy that fixes 1 of them.`,
    );
    expect(strict).toHaveLength(4);
  });

  it("in one line when HOST is not an address of this machine", async () => {
    expect(await refusal(settings(somewhere(), { HOST: "192.0.2.1" }))).toEqual([
      expect.stringMatching(/^HOST is not an address of this machine/),
    ]);
  });

  it("in one line when the folder of its database cannot be made", async () => {
    const file = somewhere();
    writeFileSync(file, "");
    expect(await refusal(settings(join(file, "below", "latchkey.db")))).toEqual([
      expect.stringMatching(/^The database .+ cannot be opened \(ENOTDIR/),
    ]);
  });

  it("in one line when its database is damaged, of another application, or not a database", async () => {
    const [damaged, foreign, text] = [somewhere(), somewhere(), somewhere()];
    const header = Buffer.from("SQLite format 3\0\x10\0\x01\x01\0\x40\x20\x20", "latin1");
    writeFileSync(damaged, Buffer.concat([header, Buffer.alloc(8_192, 0xff)]));
    new DatabaseSync(foreign).exec("CREATE TABLE songs (x)");
    writeFileSync(text, "dear diary\n".repeat(500));
    expect(await refusal(settings(damaged))).toEqual([expect.stringMatching(/is damaged: restore a backup/)]);
    expect(await refusal(settings(foreign))).toEqual([expect.stringMatching(/is the database of another application/)]);
    expect(await refusal(settings(text))).toEqual([expect.stringMatching(/is not an SQLite database/)]);
  });

  it("in one line when a newer version wrote its database", async () => {
    const path = somewhere();
    await runCaptured(["clients", "list"], { environment: settings(path) });
    new DatabaseSync(path).exec("INSERT INTO kysely_migration VALUES ('0099-from-the-future', '2099-01-01')");
    expect(await refusal(settings(path))).toEqual([expect.stringMatching(/newer version .+0099-from-the-future/)]);
  });
});

const PAGE_BYTES = 4_096;

function overwritePage(path: string, page: number) {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xff, (page - 1) * PAGE_BYTES, page * PAGE_BYTES));
}

describe("a command on a database whose rows are damaged", () => {
  it("reports that in one line, and does not blame another process", async () => {
    const environment = settings(somewhere());
    const path = environment.DATABASE_URL.slice("sqlite:".length);
    await runCaptured(["keys", "create", "--admin"], { environment });
    const file = new DatabaseSync(path);
    const { rootpage } = file.prepare("SELECT rootpage FROM sqlite_master WHERE name = 'keys'").get() as {
      rootpage: number;
    };
    file.exec("PRAGMA wal_checkpoint(TRUNCATE)");
    file.close();
    overwritePage(path, rootpage);

    const { code, out, err } = await runCaptured(["keys", "list"], { environment });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err).toMatch(/^The database cannot be read or written \(.*malformed.*\): .+\n$/);
  });
});
