import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}`, PORT: "1" };
const run = (words: string) => runCaptured(words.split(" "), { environment });

const [inForce = "", completion = ""] = blocksOf("command-line.md", "sh");
const [example = ""] = blocksOf("command-line.md", "console");

describe("docs/command-line.md", () => {
  it.each(inForce.trim().split("\n"))("has the command %s, which works", async (line) => {
    expect(await run(line.replace("latchkey ", ""))).toMatchObject({ code: 0, err: "" });
  });

  it("has completion for every shell", async () => {
    const shells = [...completion.matchAll(/latchkey completion (\w+)/g)].map(([, shell]) => shell);
    expect(new Set(shells)).toEqual(new Set(["bash", "zsh", "fish"]));
  });

  it("shows what a command prints that sets an end", async () => {
    const [command = "", printed = ""] = example.trim().split("\n");
    const { out } = await run(command.replace("$ latchkey ", "").replace(/\d{4}-01-31/, "2099-01-31"));
    const settled = (text: string) => text.replace(/key_\w+/, "KEY").replace(/\d{4}-01-31/, "DAY");
    const [first = ""] = settled(out).split(", in ");
    expect(settled(printed).split(", in ")[0]).toBe(first);
  });
});
