import { describe, expect, it } from "@jest/globals";
import { createSlots, type SlotOutcome } from "../../src/gateway/slots.ts";

const ASK = { operation: "a", client: "x", isUpload: false };
/** No test waits that long. */
const LONG_MS = 3_600_000;
const staying = () => new AbortController().signal;

const released = (outcome: SlotOutcome) => {
  if (outcome.kind !== "taken") throw new Error(outcome.kind);
  outcome.release();
};

describe("a request that wants a connection", () => {
  it("waits for one, and gets the next that comes back", async () => {
    const slots = createSlots({ slots: 1, places: 1 }, LONG_MS);
    const first = await slots.take(ASK, staying());
    const second = slots.take(ASK, staying());
    expect(slots.size()).toEqual({ held: 1, waiting: 1 });
    released(first);
    released(await second);
    expect(slots.size()).toEqual({ held: 0, waiting: 0 });
  });

  it("is told that all are busy, when as many wait as may", async () => {
    const slots = createSlots({ slots: 1, places: 1 }, LONG_MS);
    const first = await slots.take(ASK, staying());
    const second = slots.take(ASK, staying());
    expect(await slots.take(ASK, staying())).toEqual({ kind: "busy" });
    released(first);
    released(await second);
  });

  it("is told so too, when the wait is over", async () => {
    const slots = createSlots({ slots: 1, places: 1 }, 1);
    await slots.take(ASK, staying());
    // The timers of the queue do not keep a process alive.
    const alive = setInterval(() => {}, 1);
    expect(await slots.take(ASK, staying())).toEqual({ kind: "busy" });
    clearInterval(alive);
    expect(slots.size()).toEqual({ held: 1, waiting: 0 });
  });

  it("gives up its place when its client leaves, and takes none when the client had left", async () => {
    const slots = createSlots({ slots: 1, places: 1 }, LONG_MS);
    const first = await slots.take(ASK, staying());
    const leaving = new AbortController();
    const second = slots.take(ASK, leaving.signal);
    leaving.abort();
    expect(await second).toEqual({ kind: "gone" });
    expect(slots.size()).toEqual({ held: 1, waiting: 0 });
    released(first);
    expect(await slots.take(ASK, leaving.signal)).toEqual({ kind: "gone" });
    expect(slots.size()).toEqual({ held: 0, waiting: 0 });
  });

  it("gives its connection back once, however often it says so", async () => {
    const slots = createSlots({ slots: 2, places: 1 }, LONG_MS);
    const [first, second] = [await slots.take(ASK, staying()), await slots.take({ ...ASK, operation: "b" }, staying())];
    released(first);
    released(first);
    expect(slots.size()).toEqual({ held: 1, waiting: 0 });
    released(second);
  });

  it("does not keep a connection that came in the moment its client left", async () => {
    const slots = createSlots({ slots: 1, places: 1 }, LONG_MS);
    const first = await slots.take(ASK, staying());
    const leaving = new AbortController();
    const second = slots.take(ASK, leaving.signal);
    released(first);
    leaving.abort();
    const outcome = await second;
    if (outcome.kind === "taken") outcome.release();
    expect(slots.size()).toEqual({ held: 0, waiting: 0 });
  });
});
