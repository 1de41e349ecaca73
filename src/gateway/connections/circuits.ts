import type { Log } from "../../lib/log/log.ts";
import type { TickSource } from "../../lib/time/clock.ts";
import { CircuitBreaker } from "./circuit-breaker.ts";
import type { Circuits } from "./guarded-call.ts";

/** One circuit breaker for each upstream, and one for each operation. */
export function createCircuits(ticks: TickSource, log: Log) {
  const upstreams = new Map<string, CircuitBreaker>();
  const operations = new Map<string, CircuitBreaker>();

  const open = (facts: { readonly upstream: string; readonly operation?: string }) =>
    new CircuitBreaker(ticks, (event) => {
      if (event.kind === "opened") log.warn({ ...facts, pauseMs: event.pauseMs }, "the circuit of an upstream is open");
      else log.info(facts, "the circuit of an upstream is closed again");
    });

  return {
    of: (upstream: string, operation: string): Circuits => {
      const ofUpstream = upstreams.get(upstream) ?? open({ upstream });
      const ofOperation = operations.get(operation) ?? open({ upstream, operation });
      upstreams.set(upstream, ofUpstream);
      operations.set(operation, ofOperation);
      return { upstream: ofUpstream, operation: ofOperation };
    },
    countOpen: () => [...upstreams.values(), ...operations.values()].filter(({ isOpen }) => isOpen).length,
  };
}
