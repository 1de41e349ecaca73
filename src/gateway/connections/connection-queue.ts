import type { ClientResponse } from "../upstream-port.ts";
import { type AdmissionLimits, type ConnectionCounts, createAdmission } from "./admission.ts";
import type { ConnectionRequest } from "./shares.ts";

export type ConnectionOutcome =
  /** `release` must be called when the connection is free again; calling it more than once is harmless. */
  | { readonly kind: "acquired"; readonly release: () => void; readonly hasWaited: boolean }
  /** The queue is full, or the wait was too long. */
  | { readonly kind: "busy" }
  | { readonly kind: "client-gone" };

type ConnectionQueue = {
  /** The outcome, at once if the request need not wait. */
  readonly acquire: (
    request: ConnectionRequest,
    client: ClientResponse,
  ) => ConnectionOutcome | Promise<ConnectionOutcome>;
  readonly size: () => ConnectionCounts;
};

/** `admit` is called when the wait is over. */
type WaitingRequest = ConnectionRequest & { admit: () => void };

/** Gives out the connections to one upstream. A request waits for at most `waitMs`, and no longer than its client. */
export function createConnectionQueue(limits: AdmissionLimits, waitMs: number): ConnectionQueue {
  const admission = createAdmission<WaitingRequest>(limits);

  const acquire: ConnectionQueue["acquire"] = (wanted, client) => {
    if (client.destroyed) return { kind: "client-gone" };
    const { operation, client: caller, isUpload } = wanted;
    const request: WaitingRequest = { operation, client: caller, isUpload, admit: NOTHING };
    const release = () => {
      for (const admitted of admission.leave(request)) admitted.admit();
    };

    const outcome = admission.enter(request);
    if (outcome === "refused") return { kind: "busy" };
    if (outcome === "admitted") return { kind: "acquired", release, hasWaited: false };
    return endOfWait(request, client, waitMs).then((end) => {
      if (end === "acquired") return { kind: end, release, hasWaited: true };
      release();
      return { kind: end };
    });
  };
  return { acquire, size: admission.size };
}

const NOTHING = () => {};

/** What ends the wait first. */
function endOfWait(
  request: WaitingRequest,
  client: ClientResponse,
  waitMs: number,
): Promise<ConnectionOutcome["kind"]> {
  return new Promise((resolve) => {
    const end = (kind: ConnectionOutcome["kind"]) => {
      clearTimeout(timer);
      client.off("close", leave);
      resolve(kind);
    };
    const leave = () => end("client-gone");
    const timer = setTimeout(() => end("busy"), waitMs).unref();
    client.on("close", leave);
    request.admit = () => end("acquired");
  });
}
