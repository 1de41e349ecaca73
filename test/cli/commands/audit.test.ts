import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { beforeEach, describe, expect, it } from "@jest/globals";
import { type HostApp, runCaptured, startProgram } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
let path = "";
let made = 0;

beforeEach(() => {
  path = join(folder, `${++made}.db`);
});

const latchkey = (words: string, hostApp: HostApp = {}) =>
  runCaptured(words.split(" "), { environment: { DATABASE_URL: `sqlite:${path}` }, ...hostApp });

const json = async (words: string) => JSON.parse((await latchkey(`${words} --json`)).out);

/** A client with a key that was revoked, which are three events; they come oldest first. */
async function threeDeeds() {
  const { key } = await json("keys create --client acme --create-client --scope data:read");
  await latchkey(`keys revoke ${key.id} --reason leaked --yes`);
  return { key, events: (await json("audit list")).items.toReversed() };
}

/** Runs `work` on the file, like anyone who may write it. */
function tamper(work: string) {
  const file = new DatabaseSync(path);
  file.exec("DROP TRIGGER audit_events_do_not_change; DROP TRIGGER audit_events_stay");
  file.exec(work);
  file.close();
}

const outcome = (code: number, text: string | RegExp) => {
  const words = typeof text === "string" ? text : expect.stringMatching(text);
  return code === 0 ? { code, out: words, err: "" } : { code, out: "", err: words };
};

describe("latchkey audit list", () => {
  it("tells when there are no events", async () => {
    expect(await latchkey("audit list")).toEqual(outcome(0, "No events match.\n"));
    expect((await latchkey("audit list --json")).out).toBe('{"items":[],"nextCursor":null}\n');
  });

  it("shows every action, newest first, as a table or as JSON", async () => {
    const { key, events } = await threeDeeds();
    const lines = (await latchkey("audit list")).out.trimEnd().split("\n");
    expect(lines.map((line) => line.split(/ {2,}/)[1])).toEqual([
      "ACTION",
      "key.revoked",
      "key.issued",
      "client.registered",
    ]);
    expect(lines[1]).toMatch(new RegExp(`  ${key.id} +operator \\S+ +reason=leaked$`));
    expect(events[2]).toMatchObject({ action: "key.revoked", actor: { kind: "operator" }, target: { id: key.id } });
    expect(events[2].details.osUser).toMatch(/./);
  });

  it("can be filtered by action, key, client and time", async () => {
    const { key } = await threeDeeds();
    await latchkey("clients create globex");
    const actions = async (options: string) =>
      (await json(`audit list ${options}`)).items.map(({ action }: { action: string }) => action);
    expect(await actions("--action key.revoked")).toEqual(["key.revoked"]);
    expect(await actions(`--key ${key.id}`)).toEqual(["key.revoked", "key.issued"]);
    expect(await actions("--client acme")).toEqual(["key.revoked", "key.issued", "client.registered"]);
    expect(await actions(`--client ${key.client.id} --action client.registered`)).toEqual(["client.registered"]);
    expect(await actions("--since 7d")).toHaveLength(4);
    expect(await actions("--since 2099-01-01T00:00:00Z")).toEqual([]);
  });

  it.each([
    ["--action key.eaten", 2, /^Unknown action key\.eaten: choose one of client\.registered, .+\.\n$/],
    ["--key key_1", 1, /^Unknown key key_1: /],
    ["--client nobody", 1, /^Unknown client nobody: /],
    ["--since yesterday", 2, /^Invalid start yesterday: use a duration such as 90d/],
  ])("refuses %s, and tells why", async (options, code, message) => {
    expect(await latchkey(`audit list ${options}`)).toEqual(outcome(code, message));
  });
});

describe("latchkey audit list, of events that were damaged", () => {
  it.each([
    ["details", "'{'"],
    ["details", "'null'"],
    ["details", "'{\"a\":1}'"],
    ["at", "9000000000000000"],
    ["at", "9223372036854775807"],
  ])("shows the others, and names the one whose %s is %s", async (column, value) => {
    const { events } = await threeDeeds();
    tamper(`UPDATE audit_events SET ${column} = ${value} WHERE seq = 2`);
    const { code, out, err } = await latchkey("audit list --json");
    expect(code).toBe(1);
    expect(JSON.parse(out).items).toEqual([events[2], events[0]]);
    expect(err).toBe(
      `${events[1].id} is damaged and was left out; run: npm run -s latchkey -- audit verify, and see docs/audit.md.\n`,
    );
    expect((await latchkey("audit list")).out.trimEnd().split("\n")).toHaveLength(3);
    expect((await latchkey("audit verify")).err).toMatch(`Broken at ${events[1].id}: `);
  });

  it("shows the others where an action is not a text, in a table without constraints", async () => {
    const { events } = await threeDeeds();
    tamper(`CREATE TABLE loose AS SELECT * FROM audit_events; DROP TABLE audit_events; ALTER TABLE loose RENAME TO audit_events;
      UPDATE audit_events SET action = x'00ff' WHERE seq = 2`);
    const { code, out, err } = await latchkey("audit list --json");
    expect(code).toBe(1);
    expect(JSON.parse(out).items).toEqual([events[2], events[0]]);
    expect(err).toContain(`${events[1].id} is damaged`);
  });

  it("reports a missing table in one line", async () => {
    await threeDeeds();
    tamper("DROP TABLE audit_checkpoint");
    expect(await latchkey("audit verify")).toEqual(outcome(1, /^Broken around audit_checkpoint: .+\n$/));
    expect(await latchkey("audit head")).toEqual(
      outcome(1, /^The database lacks a part \(.+\).+ restore a backup\.\n$/),
    );
  });
});

describe("latchkey audit head", () => {
  it("shows hash, count and time of the last event", async () => {
    expect(await json("audit head")).toEqual({ hash: "0".repeat(64), count: 0, at: null });
    expect((await latchkey("audit head")).out).toBe(`hash    ${"0".repeat(64)}\nevents  0\nlast    never\n`);
    const { events } = await threeDeeds();
    const { hash, at } = events[2];
    expect(await json("audit head")).toEqual({ hash, count: 3, at });
    expect((await latchkey("audit head")).out).toBe(`hash    ${hash}\nevents  3\nlast    ${at}\n`);
  });
});

describe("latchkey audit verify", () => {
  it("exits with 0 while the chain is unchanged", async () => {
    expect(await latchkey("audit verify")).toEqual(outcome(0, `Intact: 0 events. The head is ${"0".repeat(64)}.\n`));
    const { events } = await threeDeeds();
    const text = `Intact: 3 events. The head is ${events[2].hash}.\n`;
    expect(await latchkey("audit verify")).toEqual(outcome(0, text));
    const found = await latchkey(`audit verify --head ${events[1].hash}`);
    expect(found).toEqual(outcome(0, `${text}The head that you gave is in the chain.\n`));
  });

  it("exits with 1 at the first event that was changed, and names it", async () => {
    const { events } = await threeDeeds();
    tamper(`UPDATE audit_events SET target_id = 'key_of_another' WHERE id = '${events[1].id}'`);
    expect(await latchkey("audit verify")).toEqual(
      outcome(1, `Broken at ${events[1].id}: it was changed after it was written.\n`),
    );
  });

  it("exits with 1 where one is missing, and names the one after it", async () => {
    const { events } = await threeDeeds();
    tamper(`DELETE FROM audit_events WHERE id = '${events[1].id}'`);
    expect(await latchkey("audit verify")).toEqual(
      outcome(1, new RegExp(`^Broken at ${events[2].id}: it does not follow the event before it: .+\n$`)),
    );
  });

  it("exits with 1 if the last events were removed, but only with --head", async () => {
    const { events } = await threeDeeds();
    tamper(`DELETE FROM audit_events WHERE id = '${events[2].id}'`);
    expect((await latchkey("audit verify")).code).toBe(0);
    expect(await latchkey(`audit verify --head ${events[2].hash}`)).toEqual(
      outcome(1, `The head ${events[2].hash} is not in the chain: events were removed from its end or rewritten.\n`),
    );
  });

  it("refuses an invalid head", async () => {
    expect(await latchkey("audit verify --head 8d58")).toEqual(
      outcome(2, /^Invalid --head: use the 64 hexadecimal digits/),
    );
  });
});

describe("latchkey audit prune", () => {
  it("deletes what is old, and the rest still verifies", async () => {
    const { events } = await threeDeeds();
    const { out, code } = await latchkey("audit prune --before 0d --yes");
    expect(code).toBe(0);
    expect(out).toBe(
      `Pruned up to ${events[2].at}; 3 events have been deleted in total. Store the new head: npm run -s latchkey -- audit head.\n`,
    );
    const { items } = await json("audit list");
    expect(items).toMatchObject([{ action: "audit.pruned", previousHash: events[2].hash, details: { pruned: "3" } }]);
    expect((await latchkey("audit verify")).out).toMatch(/^Intact: 4 events, 3 of them pruned\./);
    expect((await latchkey(`audit verify --head ${events[2].hash}`)).code).toBe(0);
    expect(await latchkey(`audit verify --head ${events[1].hash}`)).toEqual(
      outcome(1, new RegExp(`, or it is older than the events up to ${events[2].at}, which were pruned\\.\n$`)),
    );
  });

  it("keeps newer events", async () => {
    await threeDeeds();
    expect(await latchkey("audit prune --before 1d --yes")).toEqual(outcome(0, "No events are that old.\n"));
    expect((await json("audit list")).items).toHaveLength(3);
  });

  it("does not change a broken chain", async () => {
    const { events } = await threeDeeds();
    tamper(`UPDATE audit_events SET at = 1 WHERE id = '${events[0].id}'`);
    const refused = await latchkey("audit prune --before 0d --yes");
    expect(refused).toEqual(outcome(1, new RegExp(`^Nothing was pruned\\. Broken at ${events[0].id}: `)));
    expect((await json("audit list")).items).toHaveLength(3);
  });

  it("asks at a terminal only", async () => {
    await threeDeeds();
    const environment = { DATABASE_URL: `sqlite:${path}` };
    const pruning = startProgram("audit prune --before 0d".split(" "), {
      environment,
      isTerminal: true,
      answer: false,
    });
    expect(await pruning.finished).toEqual(outcome(1, "Nothing was pruned.\n"));
    expect(pruning.questions).toEqual([expect.stringMatching(/^Delete all audit events before \d.+Z for good\?$/)]);
    expect(await latchkey("audit prune --before 0d")).toEqual(
      outcome(2, "No terminal to ask for confirmation: add --yes.\n"),
    );
    expect((await json("audit list")).items).toHaveLength(3);
    expect((await latchkey("audit prune --before 0d", { environment, isTerminal: true, answer: true })).code).toBe(0);
  });

  it.each([
    ["--before 2099-01-01T00:00:00Z --yes", /is in the future/],
    ["--before soon --yes", /^Invalid start soon/],
    ["--yes", /required option '--before <start>' not specified/],
  ])("refuses %s", async (options, message) => {
    expect(await latchkey(`audit prune ${options}`)).toEqual(outcome(2, message));
  });
});
