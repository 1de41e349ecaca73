import type { TickSource, Ticks } from "../../lib/time/clock.ts";

/** After so many failures in a row without a success, no more calls are made for a while. */
const MOST_FAILURES = 5;

/** How long that is at first. It doubles with each trial that fails. */
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 16_000;

/** Given out by `enter`, for `settle`. */
export type Pass = number;

const TRIAL: Pass = -1;

export type CircuitEvent = { readonly kind: "opened"; readonly pauseMs: number } | { readonly kind: "closed" };

/**
 * Notices that what it guards fails again and again, and then lets nothing through for a moment. After that single
 * trials decide. A failure counts only if nothing succeeded since that call began: so a client whose own calls fail
 * cannot shut out the others.
 */
export class CircuitBreaker {
  readonly #ticks: TickSource;
  readonly #onEvent: (event: CircuitEvent) => void;
  #successes = 0;
  #failures = 0;
  #pauseMs = 0;
  /** When the next trial may be made; undefined while the circuit is closed. */
  #trialAt: Ticks | undefined;

  constructor(ticks: TickSource, onEvent: (event: CircuitEvent) => void) {
    this.#ticks = ticks;
    this.#onEvent = onEvent;
  }

  get isOpen(): boolean {
    return this.#trialAt !== undefined;
  }

  /** @returns undefined if the call must not be made; otherwise `settle` must be called with the pass. */
  enter(): Pass | undefined {
    if (this.#trialAt === undefined) return this.#successes;
    const now = this.#ticks.now();
    if (now < this.#trialAt) return undefined;
    // A trial may take long, so it does not keep others from the next one.
    this.#trialAt = now + this.#pauseMs;
    return TRIAL;
  }

  /** Milliseconds until a trial may be made; at least 1. */
  retryAfterMs(): number {
    return Math.max(1, (this.#trialAt ?? 0) - this.#ticks.now());
  }

  /** @param outcome `unknown`: the call says nothing about what is guarded, for example because its client left. */
  settle(pass: Pass, outcome: "success" | "failure" | "unknown") {
    if (outcome === "success") return this.#succeed();
    if (outcome === "unknown") return this.#allowTrial(pass);
    if (pass === TRIAL && this.isOpen) return this.#open(Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS));
    if (this.isOpen || pass !== this.#successes) return;
    this.#failures++;
    if (this.#failures >= MOST_FAILURES) this.#open(FIRST_PAUSE_MS);
  }

  #succeed() {
    this.#successes++;
    this.#failures = 0;
    if (!this.isOpen) return;
    this.#trialAt = undefined;
    this.#onEvent({ kind: "closed" });
  }

  /** After a trial that showed nothing. */
  #allowTrial(pass: Pass) {
    if (pass === TRIAL && this.isOpen) this.#trialAt = this.#ticks.now();
  }

  #open(pauseMs: number) {
    this.#pauseMs = pauseMs;
    this.#trialAt = this.#ticks.now() + pauseMs;
    this.#onEvent({ kind: "opened", pauseMs });
  }
}
