import { describe, expect, it } from "@jest/globals";
import { type Progress, progressOf } from "../../../src/http/server/slow-readers.ts";

/** Looks at a connection again and again; each look is what was written to it so far, and what still waits in it. */
function look(...looks: readonly (readonly [written: number, waiting: number])[]): Progress {
  return looks.reduce<Progress>(
    (before, [bytesWritten, writableLength]) => progressOf({ bytesWritten, writableLength }, before),
    { flushedBytes: 0, idleChecks: 0 },
  );
}

describe("the progress of a reader", () => {
  it("stands still while bytes wait and none are read", () => {
    expect(look([100, 60], [100, 60], [100, 60])).toEqual({ flushedBytes: 40, idleChecks: 2 });
  });

  it("stands still also while more is written that waits too", () => {
    expect(look([100, 60], [500, 460])).toEqual({ flushedBytes: 40, idleChecks: 1 });
  });

  it("starts again with every piece that is read", () => {
    expect(look([100, 60], [100, 60], [100, 50]).idleChecks).toBe(0);
  });

  it("does not matter when nothing waits", () => {
    expect(look([100, 0], [100, 0], [100, 0]).idleChecks).toBe(0);
  });
});
