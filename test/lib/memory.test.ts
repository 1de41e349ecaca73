import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import { startChild } from "../support/process/child.ts";

const MEMORY = pathToFileURL(`${import.meta.dirname}/../../src/lib/memory.ts`).href;

describe("releasing memory", () => {
  // In a process of its own: in this one, with all that tests have left behind, it would take seconds.
  it("finds V8's garbage collector without a flag at the start", async () => {
    const program = `import { releaseUnusedMemory } from "${MEMORY}"; releaseUnusedMemory();`;
    const { ended } = startChild([process.execPath, "--input-type=module", "--eval", program]);
    expect(await ended).toEqual({ code: 0, out: "", err: "" });
  });
});
