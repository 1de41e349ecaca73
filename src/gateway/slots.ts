import { type AdmissionSizes, type Ask, createAdmission } from "./admission.ts";

export type SlotOutcome =
  /** `release` has to be called when the connection is free again; more than once is harmless. */
  | { readonly kind: "taken"; readonly release: () => void; readonly hasWaited: boolean }
  /** The queue is full, or the wait was too long. */
  | { readonly kind: "busy" }
  /** The client has left. */
  | { readonly kind: "gone" };

export type Slots = {
  readonly take: (ask: Ask, signal: AbortSignal) => Promise<SlotOutcome>;
  readonly size: () => { readonly held: number; readonly waiting: number };
};

/** `admit` is told to those that wait. */
type Waiting = Ask & { admit: () => void };

/** The connections to one upstream: who takes one waits for at most `waitMs`, and no longer than its client. */
export function createSlots(sizes: AdmissionSizes, waitMs: number): Slots {
  const admission = createAdmission<Waiting>(sizes);
  const leave = (ask: Waiting) => {
    for (const admitted of admission.leave(ask)) admitted.admit();
  };

  const take: Slots["take"] = async (wanted, signal) => {
    if (signal.aborted) return { kind: "gone" };
    const ask: Waiting = { ...wanted, admit: () => {} };
    const release = () => leave(ask);

    const outcome = admission.enter(ask);
    if (outcome === "refused") return { kind: "busy" };
    if (outcome === "admitted") return { kind: "taken", release, hasWaited: false };
    const end = await endOfWait(ask, signal, waitMs);
    if (end !== "taken") release();
    return end === "taken" ? { kind: "taken", release, hasWaited: true } : { kind: end };
  };
  return { take, size: admission.size };
}

/** Whatever comes first. */
function endOfWait(ask: Waiting, signal: AbortSignal, waitMs: number): Promise<SlotOutcome["kind"]> {
  return new Promise((resolve) => {
    const end = (kind: SlotOutcome["kind"]) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", leave);
      resolve(kind);
    };
    const leave = () => end("gone");
    const timer = setTimeout(() => end("busy"), waitMs).unref();
    signal.addEventListener("abort", leave, { once: true });
    ask.admit = () => end("taken");
  });
}
