import { join } from "node:path";
import { expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const environment = { DATABASE_URL: `sqlite:${join(temporaryFolder(), "latchkey.db")}` };

it("the page about usage shows commands that work", async () => {
  await runCaptured(["clients", "create", "my-app"], { environment });
  const lines = blocksOf("usage.md", "sh").flatMap((block) => block.trim().split("\n"));
  expect(lines).toHaveLength(5);
  for (const line of lines) {
    const { code, err } = await runCaptured(line.replace("npm run -s latchkey -- ", "").split(" "), { environment });
    // Nothing was refused yet, so there is nothing to explain.
    expect({ line, code, err }).toEqual(
      line.includes("explain")
        ? { line, code: 1, err: expect.stringMatching(/^No refused request/) }
        : { line, code: 0, err: "" },
    );
  }
});
