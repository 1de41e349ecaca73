import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { runCaptured } from "../../support/process/program.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const scriptOf = (shell: string) => join(folder, `latchkey.${shell}`);
/** What is not installed fails in CI, instead of being skipped. */
const withShell = (shell: string) =>
  spawnSync(shell, ["--version"]).status === 0 || process.env["CI"] !== undefined ? it : it.skip;

beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { code, out, err } = await runCaptured(["completion", shell]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    writeFileSync(scriptOf(shell), out);
  }
  writeFileSync(join(folder, "my contract.yaml"), "");
});

/** What follows the words on the left; the last word is the one that the cursor is in. */
const CASES: readonly (readonly [typed: string, found: readonly string[]])[] = [
  ["cli", ["clients"]],
  ["keys cre", ["create"]],
  ["keys create --env", ["--environment"]],
  ["keys create --environment ", ["live", "test"]],
  ["completion ", ["bash", "fish", "zsh"]],
  ["audit list --action key.r", ["key.revoked", "key.rotated"]],
  ["serve --contract my", ["my contract.yaml"]],
  ["contract check my", ["my contract.yaml"]],
  // A value that no list has.
  ["keys create --client ", []],
  // The name of a command as the value of an option is not a command.
  ["keys list --client usage --st", ["--state"]],
];

describe("the completion in bash", () => {
  const complete = (words: readonly string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(" ");
    const lines = [
      `source ${scriptOf("bash")}`,
      "compopt() { :; }",
      `COMP_WORDS=(latchkey ${quoted}); COMP_CWORD=${words.length}; COMPREPLY=(); _latchkey`,
      `for word in "\${COMPREPLY[@]}"; do echo "$word"; done`,
    ];
    const out = execFileSync("bash", ["--norc", "-c", lines.join("\n")], { cwd: folder, encoding: "utf8" });
    return out.split("\n").filter(Boolean).toSorted();
  };

  it.each(CASES)("of %j is %j", (typed, found) => {
    expect(complete(typed.split(" "))).toEqual(found);
  });

  it("of --option=value works, although bash splits it", () => {
    expect(complete(["keys", "create", "--environment", "=", "t"])).toEqual(["test"]);
    expect(complete(["keys", "create", "--environment", "="])).toEqual(["live", "test"]);
  });
});

describe("the completion in fish", () => {
  withShell("fish").each(CASES)("of %j is %j", (typed, found) => {
    const lines = `source ${scriptOf("fish")}; complete -C 'latchkey ${typed}'`;
    const out = execFileSync("fish", ["--no-config", "-c", lines], { cwd: folder, encoding: "utf8" });
    const words = out.split("\n").map((line) => line.split("\t")[0]?.replaceAll("\\", ""));
    expect(words.filter(Boolean).toSorted()).toEqual(found);
  });
});

describe("the completion in zsh", () => {
  /** Types at a real prompt, presses Tab and Enter, and returns the words that the command then got. */
  const typedIn = (typed: string) => {
    const prompt = [
      "autoload -U compinit",
      `compinit -u -d ${join(folder, "zcompdump")}`,
      `source ${scriptOf("zsh")}`,
      "unsetopt zle_bracketed_paste; setopt no_beep",
      `latchkey() { print -r -- "got:\${(j:|:)@}:end" }`,
      `cd ${folder}; print ready-$((1 + 1))`,
    ];
    const lines = [
      "zmodload zsh/zpty",
      "zpty shell 'TERM=dumb PS1= zsh -f -i'",
      ...prompt.map((line) => `zpty -w shell ${`'${line.replaceAll("'", "'\\''")}'`}`),
      "zpty -r shell all '*ready-2*'",
      `zpty -w shell $'latchkey ${typed}\\t'`,
      "zpty -r shell all '*got:*:end*'",
      "print -r -- $all",
    ];
    const out = execFileSync("zsh", ["-f", "-c", lines.join("\n")], { encoding: "utf8", timeout: 30_000 });
    return /got:([^$"]*?):end/.exec(out)?.[1]?.split("|");
  };

  const unique = CASES.filter(([, found]) => found.length === 1);
  withShell("zsh").each(unique)("of %j is %j", (typed, found) => {
    expect(typedIn(typed)).toEqual([...typed.split(" ").slice(0, -1), ...found]);
  });

  withShell("zsh")("of --option=value is its value", () => {
    expect(typedIn("keys create --environment=l")).toEqual(["keys", "create", "--environment=live"]);
  });
});

describe("latchkey completion", () => {
  it("of another shell is refused with those that it knows", async () => {
    expect(await runCaptured(["completion", "tcsh"])).toMatchObject({
      code: 2,
      err: expect.stringContaining("bash, zsh, fish"),
    });
  });
});
