import type { CircuitBreaker } from "./circuit-breaker.ts";
import { type CallOutcome, ClientGone } from "./upstream-call.ts";

/** What guards a call: that its upstream can be reached, and that its operation gets responses from there. */
export type Circuits = { readonly upstream: CircuitBreaker; readonly operation: CircuitBreaker };

export type CircuitOpen = { readonly kind: "circuit-open"; readonly retryAfterMs: number; readonly cause: Error };

type Verdict = Parameters<CircuitBreaker["settle"]>[1];

/**
 * Makes a call unless it would fail anyway. An upstream that cannot be reached is left alone as a whole; where it does not
 * respond in time, or breaks off, only that operation is.
 */
export async function guardedCall(
  { upstream, operation }: Circuits,
  call: () => CallOutcome | Promise<CallOutcome>,
): Promise<CallOutcome | CircuitOpen> {
  const ofUpstream = upstream.enter();
  if (ofUpstream === undefined) return circuitOpen(upstream, "The upstream could not be reached.");
  const ofOperation = operation.enter();
  if (ofOperation === undefined) {
    upstream.settle(ofUpstream, "unknown");
    return circuitOpen(operation, "The operation got no response from its upstream.");
  }
  const outcome = await call();
  upstream.settle(ofUpstream, reachabilityOf(outcome));
  operation.settle(ofOperation, responsivenessOf(outcome));
  return outcome;
}

function circuitOpen(circuit: CircuitBreaker, text: string): CircuitOpen {
  const cause = new Error(`${text} It is not called for a moment.`);
  return { kind: "circuit-open", retryAfterMs: circuit.retryAfterMs(), cause };
}

function reachabilityOf(outcome: CallOutcome): Verdict {
  if (outcome.kind === "unreachable") return "failure";
  return responsivenessOf(outcome) === "unknown" ? "unknown" : "success";
}

function responsivenessOf(outcome: CallOutcome): Verdict {
  if (outcome.kind === "head" || outcome.kind === "upgraded") return "success";
  if (outcome.kind === "timeout") return "failure";
  return outcome.kind === "broken" && !(outcome.cause instanceof ClientGone) ? "failure" : "unknown";
}
