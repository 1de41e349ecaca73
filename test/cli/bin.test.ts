import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";
import { nodeReporting } from "../support/process/old-node.ts";

const BIN = join(import.meta.dirname, "../../src/cli/bin.ts");

const runUnder = (version: string) => startChild([...nodeReporting(version).command, BIN, "--help"]).ended;

describe("the program that the package installs", () => {
  it.each(["20.20.2", "24.14.9", "24.9.0", "9.99.0"])(
    "refuses Node %s with one line that says the cure",
    async (version) => {
      expect(await runUnder(version)).toEqual({
        code: 1,
        out: "",
        err: `Latchkey needs Node 24.15 or later, and this is Node ${version}: get Node 24 from https://nodejs.org, or with "nvm install 24".\n`,
      });
    },
  );

  it.each(["24.15.0", "24.21.0", "25.0.0", "100.0.0"])("runs under Node %s", async (version) => {
    const { code, out, err } = await runUnder(version);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toMatch(/^Usage: latchkey /);
  });
});
