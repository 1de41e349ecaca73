import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { PLAIN_SCREEN } from "../../src/cli/terminal/screen.ts";
import { SETTINGS } from "../../src/config/config.ts";
import { runCaptured } from "../support/process/program.ts";

const latchkey = (words: string) => runCaptured(words.split(" ").filter(Boolean));

describe("help", () => {
  it.each([
    ["--help", /Usage: latchkey .+serve .+clients .+keys .+contract /s],
    ["help keys", /Usage: latchkey keys .+create .+list .+show .+revoke /s],
    ["serve --help", /Example:\n {2}latchkey serve --port 9000\n/],
    ["clients --help", /Usage: latchkey clients .+create .+list /s],
    ["clients create --help", /Example:\n {2}latchkey clients create my-app --plan free\n/],
    ["keys create --help", /Examples:\n {2}latchkey keys create --client my-app --create-client --scope data:read/],
    ["keys revoke --help", /Example:\n {2}latchkey keys revoke key_\w{20} --reason 'leaked in a build log'\n/],
    [
      "contract check --help",
      /Examples:\n {2}latchkey contract check\n {2}latchkey contract check your-openapi\.yaml\n/,
    ],
    ["backup --help", /digests of keys, never keys\..+Examples:\n {2}latchkey backup \/var\/backups\/latchkey\.db\n/s],
    ["restore --help", /stay stopped\..+Examples:\n {2}latchkey restore \/var\/backups\/latchkey\.db\n/s],
    ["keys list --help", /newest first.+--json/s],
    ["keys show --help", /public id, such as key_.+--json/s],
  ])("of latchkey %s goes to the output, with 0", async (words, text) => {
    expect(await latchkey(words)).toEqual({ code: 0, out: expect.stringMatching(text), err: "" });
  });

  it("fits the terminal", async () => {
    const { out } = await runCaptured(["keys", "create", "--help"], { screen: { ...PLAIN_SCREEN, columns: 80 } });
    const [options = ""] = out.split("Examples:");
    for (const line of options.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("of latchkey serve lists every setting with its default", async () => {
    const { out } = await latchkey("serve --help");
    for (const { name, fallback, meaning } of SETTINGS) {
      expect(out).toMatch(new RegExp(`^ {2}${name} +`, "m"));
      expect(out).toContain(`${meaning} (default ${fallback || "none"})\n`);
    }
  });
});

describe("--version", () => {
  it.each(["--version", "-V"])("as %s is that of the package", async (words) => {
    const { version } = JSON.parse(readFileSync(join(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await latchkey(words)).toEqual({ code: 0, out: `${version}\n`, err: "" });
  });
});

describe("words that are not understood", () => {
  it.each([
    ["", /Usage: latchkey/],
    ["keys", /Usage: latchkey keys/],
    ["kyes", /unknown command 'kyes'/],
    ["keys crate", /unknown command 'crate'/],
    ["serve --prot 9000", /unknown option '--prot'.*\n.*Did you mean --port/],
    ["keys list --jsno", /unknown option '--jsno'/],
    ["clients create", /missing required argument 'name'/],
    ["clients create one two", /too many arguments/],
    ["keys create --client", /option '--client <client>' argument missing/],
  ])("such as %p go to the errors, with 2", async (words, text) => {
    expect(await latchkey(words)).toEqual({ code: 2, out: "", err: expect.stringMatching(text) });
  });
});

describe("settings that are not valid", () => {
  it.each(["serve", "keys list", "clients list", "keys create --admin"])("end latchkey %s with 1", async (words) => {
    const environment = { PORT: "http", LATCHKEY_BRAND: "No!" };
    const { code, out, err } = await runCaptured(words.split(" "), { environment });
    expect({ code, out }).toEqual({ code: 1, out: "" });
    expect(err.trimEnd().split("\n")).toEqual([
      "PORT is not valid: give a whole number from 0 to 65535.",
      "LATCHKEY_BRAND is not valid: give up to 16 lower-case letters and digits, the first a letter, such as acme.",
    ]);
  });
});
