import { spawnSync } from "node:child_process";
import { hash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { asRecord } from "../../src/contract/document/json.ts";
import { chain } from "../../src/store/audit/audit-event.ts";
import { DOCUMENT } from "../support/model/declared.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const DOC = readFileSync(new URL("../../docs/audit.md", import.meta.url), "utf8");
const [, LINE = ""] = /```json\n(.+)\n```/.exec(DOC) ?? [];
const [, HASH = ""] = /```\n([0-9a-f]{64})\n```/.exec(DOC) ?? [];
const [, PYTHON = ""] = /```python\n([\s\S]+?)```/.exec(DOC) ?? [];

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };
const latchkey = (words: string) => runCaptured(words.split(" "), { environment });
const python = (input: string) => spawnSync("python3", ["-c", PYTHON], { input, encoding: "utf8" });
// Skipped without Python, except in CI, where it fails.
const withPython = spawnSync("python3", ["--version"]).status === 0 || process.env["CI"] !== undefined ? it : it.skip;

describe("docs/audit.md", () => {
  it("shows an event with the hash of exactly these bytes", () => {
    expect(hash("sha256", LINE, "hex")).toBe(HASH);
  });

  it("shows the bytes that the service hashes", () => {
    const { previousHash, at, ...facts } = JSON.parse(LINE);
    expect(chain({ ...facts, at: Date.parse(at) }, previousHash).hash).toBe(HASH);
  });

  it("shows the same event as the example in the contract", () => {
    const schema = asRecord(asRecord(asRecord(DOCUMENT["components"])["schemas"])["AuditEvent"]);
    expect(schema["examples"]).toEqual([{ ...JSON.parse(LINE), hash: HASH }]);
  });

  it("describes the bytes well enough to verify every event of a real log", async () => {
    await latchkey("keys create --client Ölfabrik-😀 --create-client --scope data:read");
    const { items } = JSON.parse((await latchkey("audit list --json")).out);
    expect(items).toHaveLength(2);
    for (const { hash: claimed, ...event } of items) {
      const { actor, target, details } = event;
      const sorted = { ...event, actor: inOrder(actor), target: inOrder(target), details: inOrder(details) };
      expect(hash("sha256", JSON.stringify(inOrder(sorted)), "hex")).toBe(claimed);
    }
  });

  withPython("has a Python program that distinguishes an intact log from a changed one", async () => {
    await latchkey('keys create --client "quoted" --create-client --scope data:read');
    const { out } = await latchkey("audit list --json");
    const { hash: head } = JSON.parse((await latchkey("audit head --json")).out);
    expect(python(out)).toMatchObject({ status: 0, stdout: expect.stringContaining(`intact, the head is ${head}\n`) });
    expect(python(out.replace("data:read", "data:rule"))).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("is not what was written"),
    });
    const log = JSON.parse(out);
    const lacking = { ...log, items: [...log.items.slice(0, 1), ...log.items.slice(2)] };
    expect(python(JSON.stringify(lacking)).stderr).toContain("does not follow the event before it");
  });
});

function inOrder(value: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(value).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
