import { createFailedKeyLimiter } from "../../src/auth/failed-key-limiter.ts";
import { createRuleBook } from "../../src/auth/rule-book.ts";
import type { JsonObject } from "../../src/contract/document/json.ts";
import { toOutline } from "../../src/contract/model/outline.ts";
import { toPolicy } from "../../src/contract/model/plans.ts";
import { limitHeaders } from "../../src/http/reply/limit-headers.ts";
import { toHeaderRecord } from "../../src/lib/http/header-list.ts";
import type { TickSource, Ticks } from "../../src/lib/time/clock.ts";
import type { QuotaStore } from "../../src/limits/accounts.ts";
import { createLedger } from "../../src/limits/ledger.ts";
import { createMemoryLimiter } from "../../src/limits/memory-limiter.ts";
import { createDecisions } from "../../src/usage/decision.ts";
import { createMeter } from "../../src/usage/meter.ts";
import { createViolations } from "../../src/usage/violations.ts";
import { aHeldClock, type HeldClock } from "./builders.ts";
import { operationsOf } from "./model/models.ts";

/** Monotonic time that stands still until it is advanced. */
export type HeldTicks = TickSource & { readonly advance: (ms: number) => void };

export function heldTicks(at: Ticks = 0): HeldTicks {
  let now = at;
  return {
    now: () => now,
    advance: (ms) => {
      now += ms;
    },
  };
}

/** A store of quotas in memory. */
export function aQuotaStore(): QuotaStore & { readonly used: Map<string, number> } {
  const used = new Map<string, number>();
  const nameOf = ({ clientId, quota, span }: Parameters<QuotaStore["read"]>[0][number]) =>
    `${clientId} ${quota} ${span}`;
  return {
    used,
    read: async (accounts) => accounts.map((account) => used.get(nameOf(account)) ?? 0),
    add: async (changes) =>
      changes.map((change) => {
        const total = (used.get(nameOf(change)) ?? 0) + change.units;
        used.set(nameOf(change), total);
        return total;
      }),
  };
}

/** A limiter whose time stands still. */
export function aLimiter({
  ticks = heldTicks(),
  clock = aHeldClock(),
  store = aQuotaStore(),
}: Partial<{ ticks: HeldTicks; clock: HeldClock; store: QuotaStore }> = {}) {
  const ledger = createLedger(store);
  return { limiter: createMemoryLimiter({ ticks, clock, ledger }), ledger, ticks, clock };
}

/** The headers about limits, by name. */
export function limitHeadersOf(...facts: Parameters<typeof limitHeaders>): Readonly<Record<string, string>> {
  return toHeaderRecord(limitHeaders(...facts));
}

/** The limits of `document` for an app, with time that stands still. Any number of failed keys is allowed. */
export function someLimits(document: JsonObject) {
  return {
    limiter: aLimiter().limiter,
    ruleBook: createRuleBook(toPolicy(toOutline(document).extension), operationsOf(document)),
    failedKeys: createFailedKeyLimiter({ ticks: heldTicks(), perMinute: 0 }),
  };
}

/** Counts the responses of an app in memory. */
export function someUsage() {
  return {
    meter: createMeter(),
    decisions: createDecisions(),
    violations: createViolations(),
    metrics: { read: async () => "", isOpen: false },
  };
}
