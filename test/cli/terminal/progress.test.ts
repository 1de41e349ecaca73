import { describe, expect, it } from "@jest/globals";
import { withProgress } from "../../../src/cli/terminal/progress.ts";

/** Runs `work` with a clock that it moves itself, and returns what the line showed. */
async function shownBy(
  work: (progress: { readonly to: (ms: number, done: number) => void; readonly ask: () => Promise<void> }) => unknown,
) {
  const lines: (string | undefined)[] = [];
  let now = 0;
  await withProgress(
    { showProgress: (line) => lines.push(line), ticks: { now: () => now } },
    "Verifying",
    async ({ report, whileAsking }) =>
      work({
        to: (ms, done) => {
          now = ms;
          report(done, 8);
        },
        ask: () => whileAsking(async () => void lines.push("asked")),
      }),
  );
  return lines;
}

describe("a line of progress", () => {
  it("does not appear within the first second", async () => {
    expect(await shownBy(({ to }) => to(999, 1))).toEqual([]);
  });

  it("says what is done, how far and for how long, and is gone after the end", async () => {
    expect(await shownBy(({ to }) => to(2000, 2))).toEqual([
      expect.stringMatching(/^\S Verifying {2}███████▌ +25 % {2}2 s$/),
      undefined,
    ]);
  });

  it("appears at once for work that leaves no time for it later", async () => {
    const lines: (string | undefined)[] = [];
    const deps = { showProgress: (line: string | undefined) => lines.push(line), ticks: { now: () => 0 } };
    await withProgress({ ...deps, isBlocking: true }, "Checking", async () => lines.push("work"));
    expect(lines).toEqual([expect.stringMatching(/^\S Checking {2}0 s$/), "work", undefined]);
  });

  it("is not written more often than one can read", async () => {
    const lines = await shownBy(({ to }) => {
      for (let ms = 1000; ms < 2000; ms++) to(ms, 1);
    });
    expect(lines).toHaveLength(1000 / 125 + 1);
  });

  it("is gone while a person is asked, and after a failure", async () => {
    const lines = await shownBy(async ({ to, ask }) => {
      to(1000, 1);
      await ask();
    });
    expect(lines).toEqual([expect.any(String), undefined, "asked"]);

    const left: (string | undefined)[] = [];
    let now = 0;
    const failing = withProgress(
      { showProgress: (line) => left.push(line), ticks: { now: () => now } },
      "Copying",
      async ({ report }) => {
        now = 1000;
        report(1, 2);
        throw new Error("disk full");
      },
    );
    await expect(failing).rejects.toThrow("disk full");
    expect(left.at(-1)).toBeUndefined();
  });

  it("is not shown where the errors do not go to a terminal", async () => {
    expect(await withProgress({}, "Copying", async ({ report }) => report(1, 2))).toBeUndefined();
  });
});
