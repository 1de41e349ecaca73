import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { createTimeBudget } from "../../src/gateway/minimum-rate.ts";
import { KeyNotAdmitted, streamedBody, UploadTooSlow } from "../../src/gateway/streamed-body.ts";
import { heldTicks } from "../support/limits.ts";

const MINIMUM = { bytesPerSecond: 1_000, graceMs: 10_000 };

describe("a sender that must send 1,000 bytes a second", () => {
  it("may send nothing for ten seconds, and no longer", () => {
    const budget = createTimeBudget(MINIMUM);
    expect(budget.remainingMs()).toBe(10_000);
    budget.received(1_000, 4_000);
    expect(budget.remainingMs()).toBe(7_000);
  });

  it("may continue at that rate for ever", () => {
    const budget = createTimeBudget(MINIMUM);
    for (let second = 0; second < 1_000; second++) budget.received(1_000, 1_000);
    expect(budget.remainingMs()).toBe(10_000);
  });

  it("runs out of time soon when it drips", () => {
    const budget = createTimeBudget(MINIMUM);
    let seconds = 0;
    for (; budget.remainingMs() > 1; seconds++) budget.received(1, 1_000);
    expect(seconds).toBeLessThanOrEqual(11);
  });

  it("saves up nothing by sending quickly", () => {
    const budget = createTimeBudget(MINIMUM);
    budget.received(1_000_000_000, 0);
    expect(budget.remainingMs()).toBe(10_000);
  });
});

const always = async () => true;

describe("a streamed body", () => {
  it("arrives as it was sent", async () => {
    const chunks = [Buffer.from("a"), Buffer.from("bc")];
    const body = streamedBody(
      Readable.from(chunks, { objectMode: false }),
      { minimumRate: MINIMUM, isStillAdmitted: always },
      heldTicks(),
    );
    expect(Buffer.concat(await body.toArray()).toString()).toBe("abc");
  });

  it("fails when nothing arrives, and leaves its source open for the response", async () => {
    const source = new PassThrough();
    // The timers do not keep a process alive.
    const alive = setInterval(() => {}, 1);
    const body = streamedBody(
      source,
      { minimumRate: { bytesPerSecond: 1_000, graceMs: 5 }, isStillAdmitted: always },
      heldTicks(),
    );
    await expect(body.toArray()).rejects.toThrow(UploadTooSlow);
    clearInterval(alive);
    expect(source.destroyed).toBe(false);
  });

  it.each([0, 1, 2])("fails when its key is no longer admitted after %s chunks, and sends no more", async (good) => {
    const chunks = [Buffer.from("a"), Buffer.from("bc")];
    let asked = 0;
    const source = Readable.from(chunks, { objectMode: false });
    const body = streamedBody(
      source,
      { minimumRate: MINIMUM, isStillAdmitted: async () => asked++ < good },
      heldTicks(),
    );
    const sent: Buffer[] = [];
    const read = async () => {
      for await (const chunk of body) sent.push(chunk as Buffer);
    };
    await expect(read()).rejects.toThrow(KeyNotAdmitted);
    expect(sent).toEqual(chunks.slice(0, good));
  });

  it("fails as its source fails", async () => {
    const source = new PassThrough();
    const body = streamedBody(source, { minimumRate: MINIMUM, isStillAdmitted: always }, heldTicks());
    source.destroy(new Error("cut"));
    await expect(body.toArray()).rejects.toThrow("cut");
  });
});
