import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const PAGES = join(import.meta.dirname, "../../docs/clients");
const folder = temporaryFolder();

describe("the pages about clients", () => {
  it("begin with a command that works", async () => {
    const [command = ""] = blocksOf("clients/README.md", "sh");
    const words = command.trim().replace("npm run -s latchkey -- ", "").split(" ");
    const environment = { DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}` };
    expect(await runCaptured(words, { environment })).toMatchObject({ code: 0, err: "" });
  });

  it("are all listed, and each is tested by a suite", () => {
    const text = readFileSync(join(PAGES, "README.md"), "utf8");
    const listed = [...text.matchAll(/^\| \[\w+\]\((\w+\.md)\)/gm)].map(([, page = ""]) => page);
    expect([...listed, "README.md"].sort()).toEqual(readdirSync(PAGES).sort());
    for (const page of listed) {
      const suite = join(import.meta.dirname, "../clients", page.replace(".md", ".clients.ts"));
      expect({ suite, isThere: existsSync(suite) }).toEqual({ suite, isThere: true });
    }
  });
});
