import { PassThrough } from "node:stream";
import type { WriteStream } from "node:tty";
import { afterEach, describe, expect, it } from "@jest/globals";
import { openScreen } from "../../../src/cli/terminal/open-screen.ts";
import { startLatchkey } from "../../support/process/child.ts";

const VARIABLES = ["FORCE_HYPERLINK", "COLUMNS"];
const before = VARIABLES.map((name) => [name, process.env[name]] as const);

afterEach(() => {
  for (const [name, value] of before) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
});

/** The screen of a stream, with only these variables set: Node and the libraries read them from the process. */
function screenOf(stream: object, variables: Readonly<Record<string, string>> = {}) {
  for (const name of VARIABLES) delete process.env[name];
  Object.assign(process.env, variables);
  // Only what the function looks at.
  return openScreen(Object.assign(new PassThrough(), stream) as unknown as WriteStream, process.env);
}

const TERMINAL = { isTTY: true, columns: 100, getColorDepth: () => 8, hasColors: () => true };

describe("the screen", () => {
  it("of a terminal has its width and its colours", async () => {
    expect(await screenOf(TERMINAL)).toMatchObject({ columns: 100, hasColors: true });
  });

  it("of a terminal follows COLUMNS, where that is a width", async () => {
    expect(await screenOf(TERMINAL, { COLUMNS: "66" })).toMatchObject({ columns: 66 });
    expect(await screenOf(TERMINAL, { COLUMNS: "wide" })).toMatchObject({ columns: 100 });
  });

  it("of a terminal that does not know its width has 80 columns", async () => {
    expect(await screenOf({ ...TERMINAL, columns: 0 })).toMatchObject({ columns: 80 });
  });

  it("of a terminal has links where FORCE_HYPERLINK says that it shows them", async () => {
    expect(await screenOf(TERMINAL, { FORCE_HYPERLINK: "1" })).toMatchObject({ hasLinks: true });
    expect(await screenOf(TERMINAL, { FORCE_HYPERLINK: "0" })).toMatchObject({ hasLinks: false });
  });

  it("of a pipe has neither width nor colours nor links, whatever COLUMNS says", async () => {
    const plain = { columns: undefined, hasColors: false, hasLinks: false };
    expect(await screenOf({}, { COLUMNS: "66", FORCE_HYPERLINK: "1" })).toEqual(plain);
  });

  // In a process of its own: Node reads this variable itself.
  it.each([
    [{ FORCE_COLOR: "1" }, true],
    [{}, false],
  ])("of a pipe, with %j, has colours: %p", async (variables: Readonly<Record<string, string>>, hasColors) => {
    const { out } = await startLatchkey(["--help"], variables).ended;
    expect(out).toContain("Usage:");
    expect(out.includes("\u001b[1mUsage:")).toBe(hasColors);
  });
});
