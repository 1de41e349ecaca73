import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { describe, expect, it } from "@jest/globals";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();
const HOSTILE = "a\u001b]0;x\u0007\u001b[2J\u009b1A\r\n\t\b\u007f\u202e\u2066\u200f\u061c\u2028\u200b\ufeff\u{e0041}z";
/** Nothing that a terminal obeys or hides, but for line feeds. */
const SEEN = /^(?:\n|(?![\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]).)*$/su;

const environment = { DATABASE_URL: `sqlite:${join(folder, "hostile.db")}` };
const latchkey = (...words: string[]) => runCaptured(words, { environment });

/** Puts the text into every column of the database that holds text which people or callers choose. */
function poison() {
  const file = new DatabaseSync(join(folder, "hostile.db"));
  file.exec("DROP TRIGGER audit_events_do_not_change; DROP TRIGGER audit_events_stay");
  const set = (table: string, column: string, value: string) => {
    const columns = file.prepare(`SELECT name FROM pragma_table_info('${table}')`).all();
    if (!columns.some(({ name }) => name === column)) throw new Error(`There is no column ${table}.${column}.`);
    file.prepare(`UPDATE ${table} SET ${column} = ?`).run(value);
  };
  set("clients", "name", HOSTILE);
  set("keys", "name", HOSTILE);
  set("keys", "metadata", JSON.stringify({ note: HOSTILE }));
  set("keys", "revocation_reason", HOSTILE);
  set("audit_events", "request_id", HOSTILE);
  set("audit_events", "target_id", HOSTILE);
  set("audit_events", "details", JSON.stringify({ name: HOSTILE }));
  file.close();
}

describe("text from outside", () => {
  it("cannot control a terminal, whichever command prints it", async () => {
    const made = JSON.parse(
      (await latchkey("keys", "create", "--client", "acme", "--create-client", "--scope", "data:read", "--json")).out,
    );
    const id: string = made.key.id;
    await latchkey("keys", "revoke", id, "--reason", "leaked", "--yes");
    poison();

    const contract = join(folder, "their.yaml");
    const named = join(folder, `h\u001b[2J\u202e.yaml`);
    const text = `openapi: 3.1.1\ninfo: { title: ${JSON.stringify(HOSTILE)}, version: '1' }\npaths: { ${JSON.stringify(`/${HOSTILE}`)}: { get: { operationId: ${JSON.stringify(HOSTILE)} } } }\n`;
    writeFileSync(contract, text);
    writeFileSync(named, text);

    const reads = [
      ["clients", "list"],
      ["clients", "show", made.key.client.id],
      ["keys", "list"],
      ["keys", "show", id],
      ["keys", "hygiene"],
      ["audit", "list"],
      ["audit", "verify"],
      ["usage", "--group-by", "client"],
      ["explain", HOSTILE],
      ["contract", "check", contract],
      ["contract", "check", "--lenient", named],
      ["init", contract, "--force"],
    ];
    const others = [
      ["usage", "--csv"],
      ["init", named, "--out", "-"],
      ["init", `${HOSTILE}.yaml`],
      ["contract", "check", `${HOSTILE}.yaml`],
      ["clients", "show", HOSTILE],
      ["clients", "disable", HOSTILE],
      ["keys", "show", HOSTILE],
      ["keys", "update", id, "--name", HOSTILE],
      ["keys", "create", "--client", HOSTILE],
      ["usage", "--client", HOSTILE],
      ["usage", "--from", HOSTILE],
      ["audit", "list", "--target", HOSTILE],
      [HOSTILE],
      [`--${HOSTILE}`],
      ["backup", join(folder, HOSTILE.replaceAll("/", ""), "x.db")],
      ["restore", join(folder, "none\u001b[2J.db")],
    ];
    for (const words of [...reads, ...reads.map((read) => [...read, "--json"]), ...others]) {
      const { out, err } = await latchkey(...words);
      expect({ words, isSeen: SEEN.test(out + err), text: out + err }).toEqual({
        words,
        isSeen: true,
        text: expect.stringMatching(/./),
      });
    }
    expect(readdirSync(folder)).toContain("their.latchkey.yaml");
  });

  it("is unchanged in JSON", async () => {
    const { out } = await latchkey("clients", "list", "--json");
    expect(JSON.parse(out).items[0].name).toBe(HOSTILE);
  });

  it("cannot start a new line of a table", async () => {
    const { out } = await latchkey("clients", "list");
    expect(out.trimEnd().split("\n")).toHaveLength(2);
  });
});
