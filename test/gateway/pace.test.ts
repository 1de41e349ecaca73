import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "@jest/globals";
import { createPace } from "../../src/gateway/pace.ts";
import { NotAdmitted, pacedBody, TooSlow } from "../../src/gateway/paced-body.ts";
import { heldTicks } from "../support/limits.ts";

const LEAST = { rate: 1_000, graceMs: 10_000 };

describe("a sender that is held to 1,000 bytes a second", () => {
  it("may keep silent for ten seconds, and no longer", () => {
    const pace = createPace(LEAST);
    expect(pace.leftMs()).toBe(10_000);
    pace.received(1_000, 4_000);
    expect(pace.leftMs()).toBe(7_000);
  });

  it("may go on for ever at that rate", () => {
    const pace = createPace(LEAST);
    for (let second = 0; second < 1_000; second++) pace.received(1_000, 1_000);
    expect(pace.leftMs()).toBe(10_000);
  });

  it("ends soon when it drips", () => {
    const pace = createPace(LEAST);
    let seconds = 0;
    for (; pace.leftMs() > 1; seconds++) pace.received(1, 1_000);
    expect(seconds).toBeLessThanOrEqual(11);
  });

  it("has no stock of what it sent quickly", () => {
    const pace = createPace(LEAST);
    pace.received(1_000_000_000, 0);
    expect(pace.leftMs()).toBe(10_000);
  });
});

const always = async () => true;

describe("a body at its pace", () => {
  it("arrives as it was sent", async () => {
    const pieces = [Buffer.from("a"), Buffer.from("bc")];
    const body = pacedBody(Readable.from(pieces, { objectMode: false }), LEAST, heldTicks(), always);
    expect(Buffer.concat(await body.toArray()).toString()).toBe("abc");
  });

  it("fails when nothing comes, and leaves its source open for the answer", async () => {
    const source = new PassThrough();
    // The timers do not keep a process alive.
    const alive = setInterval(() => {}, 1);
    const body = pacedBody(source, { rate: 1_000, graceMs: 5 }, heldTicks(), always);
    await expect(body.toArray()).rejects.toThrow(TooSlow);
    clearInterval(alive);
    expect(source.destroyed).toBe(false);
  });

  it.each([0, 1, 2])("fails where its key is not good any more after %s pieces, and sends no more", async (good) => {
    const pieces = [Buffer.from("a"), Buffer.from("bc")];
    let forwardAuth = 0;
    const source = Readable.from(pieces, { objectMode: false });
    const body = pacedBody(source, LEAST, heldTicks(), async () => forwardAuth++ < good);
    const sent: Buffer[] = [];
    const read = async () => {
      for await (const piece of body) sent.push(piece as Buffer);
    };
    await expect(read()).rejects.toThrow(NotAdmitted);
    expect(sent).toEqual(pieces.slice(0, good));
  });

  it("fails as its source fails", async () => {
    const source = new PassThrough();
    const body = pacedBody(source, LEAST, heldTicks(), always);
    source.destroy(new Error("cut"));
    await expect(body.toArray()).rejects.toThrow("cut");
  });
});
