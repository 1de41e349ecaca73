import { type AdmissionLimits, type ConnectionCounts, createAdmission } from "./admission.ts";
import type { ConnectionRequest } from "./shares.ts";

export type ConnectionOutcome =
  /** `release` must be called when the connection is free again; calling it more than once is harmless. */
  | { readonly kind: "acquired"; readonly release: () => void; readonly hasWaited: boolean }
  /** The queue is full, or the wait was too long. */
  | { readonly kind: "busy" }
  | { readonly kind: "client-gone" };

type ConnectionQueue = {
  /** @param signal aborted when the client disconnects. */
  readonly acquire: (request: ConnectionRequest, signal: AbortSignal) => Promise<ConnectionOutcome>;
  readonly size: () => ConnectionCounts;
};

/** `admit` is called when the wait is over. */
type WaitingRequest = ConnectionRequest & { admit: () => void };

/** Gives out the connections to one upstream. A request waits for at most `waitMs`, and no longer than its client. */
export function createConnectionQueue(limits: AdmissionLimits, waitMs: number): ConnectionQueue {
  const admission = createAdmission<WaitingRequest>(limits);
  const leave = (request: WaitingRequest) => {
    for (const admitted of admission.leave(request)) admitted.admit();
  };

  const acquire: ConnectionQueue["acquire"] = async (wanted, signal) => {
    if (signal.aborted) return { kind: "client-gone" };
    const request: WaitingRequest = { ...wanted, admit: () => {} };
    const release = () => leave(request);

    const outcome = admission.enter(request);
    if (outcome === "refused") return { kind: "busy" };
    if (outcome === "admitted") return { kind: "acquired", release, hasWaited: false };
    const end = await endOfWait(request, signal, waitMs);
    if (end === "acquired") return { kind: end, release, hasWaited: true };
    release();
    return { kind: end };
  };
  return { acquire, size: admission.size };
}

/** What ends the wait first. */
function endOfWait(request: WaitingRequest, signal: AbortSignal, waitMs: number): Promise<ConnectionOutcome["kind"]> {
  return new Promise((resolve) => {
    const end = (kind: ConnectionOutcome["kind"]) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      resolve(kind);
    };
    const leave = () => end("client-gone");
    const timer = setTimeout(() => end("busy"), waitMs).unref();
    signal.addEventListener("abort", leave, { once: true });
    request.admit = () => end("acquired");
  });
}
