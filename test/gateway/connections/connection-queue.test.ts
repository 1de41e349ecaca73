import { describe, expect, it } from "@jest/globals";
import { type ConnectionOutcome, createConnectionQueue } from "../../../src/gateway/connections/connection-queue.ts";
import { aClient } from "../../support/upstream-calls.ts";

const REQUEST = { operation: "a", client: "x", isUpload: false };
/** Longer than any test. */
const LONG_MS = 3_600_000;
const staying = () => aClient();

const released = (outcome: ConnectionOutcome) => {
  if (outcome.kind !== "acquired") throw new Error(outcome.kind);
  outcome.release();
};

describe("a request that needs a connection", () => {
  it("waits, and gets the next one that is released", async () => {
    const queue = createConnectionQueue({ connections: 1, places: 1 }, LONG_MS);
    const first = await queue.acquire(REQUEST, staying());
    const second = queue.acquire(REQUEST, staying());
    expect(queue.size()).toEqual({ held: 1, waiting: 1 });
    released(first);
    released(await second);
    expect(queue.size()).toEqual({ held: 0, waiting: 0 });
  });

  it("is busy when the queue is full", async () => {
    const queue = createConnectionQueue({ connections: 1, places: 1 }, LONG_MS);
    const first = await queue.acquire(REQUEST, staying());
    const second = queue.acquire(REQUEST, staying());
    expect(await queue.acquire(REQUEST, staying())).toEqual({ kind: "busy" });
    released(first);
    released(await second);
  });

  it("is busy when it has waited too long", async () => {
    const queue = createConnectionQueue({ connections: 1, places: 1 }, 1);
    await queue.acquire(REQUEST, staying());
    // The timers of the queue do not keep a process alive.
    const alive = setInterval(() => {}, 1);
    expect(await queue.acquire(REQUEST, staying())).toEqual({ kind: "busy" });
    clearInterval(alive);
    expect(queue.size()).toEqual({ held: 1, waiting: 0 });
  });

  it("gives up its place when its client disconnects, and takes none when the client is already gone", async () => {
    const queue = createConnectionQueue({ connections: 1, places: 1 }, LONG_MS);
    const first = await queue.acquire(REQUEST, staying());
    const leaving = aClient();
    const second = queue.acquire(REQUEST, leaving);
    leaving.leave();
    expect(await second).toEqual({ kind: "client-gone" });
    expect(queue.size()).toEqual({ held: 1, waiting: 0 });
    released(first);
    expect(await queue.acquire(REQUEST, leaving)).toEqual({ kind: "client-gone" });
    expect(queue.size()).toEqual({ held: 0, waiting: 0 });
  });

  it("releases its connection once, however often it is asked to", async () => {
    const queue = createConnectionQueue({ connections: 2, places: 1 }, LONG_MS);
    const [first, second] = [
      await queue.acquire(REQUEST, staying()),
      await queue.acquire({ ...REQUEST, operation: "b" }, staying()),
    ];
    released(first);
    released(first);
    expect(queue.size()).toEqual({ held: 1, waiting: 0 });
    released(second);
  });

  it("does not keep a connection that it gets in the moment its client disconnects", async () => {
    const queue = createConnectionQueue({ connections: 1, places: 1 }, LONG_MS);
    const first = await queue.acquire(REQUEST, staying());
    const leaving = aClient();
    const second = queue.acquire(REQUEST, leaving);
    released(first);
    leaving.leave();
    const outcome = await second;
    if (outcome.kind === "acquired") outcome.release();
    expect(queue.size()).toEqual({ held: 0, waiting: 0 });
  });
});
