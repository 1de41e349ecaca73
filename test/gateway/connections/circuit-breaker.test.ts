import { describe, expect, it } from "@jest/globals";
import { CircuitBreaker, type CircuitEvent, type Pass } from "../../../src/gateway/connections/circuit-breaker.ts";

function aCircuit() {
  let now = 0;
  const events: CircuitEvent[] = [];
  const circuit = new CircuitBreaker({ now: () => now }, (event) => void events.push(event));
  const call = (outcome: "success" | "failure" | "unknown") => {
    const pass = circuit.enter();
    if (pass !== undefined) circuit.settle(pass, outcome);
    return pass !== undefined;
  };
  const fail = (times: number) => {
    for (let time = 0; time < times; time++) call("failure");
  };
  const wait = (ms: number) => {
    now += ms;
  };
  return { circuit, events, call, fail, wait };
}

const passOf = (circuit: CircuitBreaker): Pass => {
  const pass = circuit.enter();
  if (pass === undefined) throw new Error("The circuit is open.");
  return pass;
};

describe("a circuit breaker", () => {
  it("opens for a second after five failures in a row", () => {
    const { circuit, events, call, fail, wait } = aCircuit();
    fail(4);
    expect(call("success")).toBe(true);
    fail(4);
    expect(circuit.isOpen).toBe(false);
    fail(1);
    expect(events).toEqual([{ kind: "opened", pauseMs: 1_000 }]);
    wait(999);
    expect([call("success"), circuit.retryAfterMs()]).toEqual([false, 1]);
    wait(1);
    expect(call("success")).toBe(true);
    expect(events.at(-1)).toEqual({ kind: "closed" });
    expect(call("success")).toBe(true);
  });

  it("waits twice as long after each trial that fails, up to 16 seconds", () => {
    const { events, fail, wait } = aCircuit();
    fail(5);
    for (let trial = 0; trial < 5; trial++) {
      wait(16_000);
      fail(3);
    }
    expect(events.map((event) => event.kind === "opened" && event.pauseMs)).toEqual([
      1_000, 2_000, 4_000, 8_000, 16_000, 16_000,
    ]);
  });

  it("lets one trial through at a time, and another one if that takes long", () => {
    const { circuit, fail, wait } = aCircuit();
    fail(5);
    wait(1_000);
    const slow = passOf(circuit);
    expect(circuit.enter()).toBeUndefined();
    wait(1_000);
    circuit.settle(passOf(circuit), "success");
    circuit.settle(slow, "failure");
    expect(circuit.isOpen).toBe(false);
  });

  it("lets the next one try when a trial shows nothing", () => {
    const { call, fail, wait } = aCircuit();
    fail(5);
    wait(1_000);
    expect([call("unknown"), call("success"), call("success")]).toEqual([true, true, true]);
  });

  it("does not count failures of calls that others overtook: one client's slow calls shut out nobody else's", () => {
    const { circuit, call } = aCircuit();
    const slow = Array.from({ length: 20 }, () => passOf(circuit));
    call("success");
    for (const pass of slow) circuit.settle(pass, "failure");
    expect(circuit.isOpen).toBe(false);
  });
});
