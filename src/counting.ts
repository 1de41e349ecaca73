import { createRuleBook, type RuleBook } from "./auth/rules.ts";
import { createStrangers, type Strangers } from "./auth/strangers.ts";
import type { Config } from "./config/config.ts";
import type { JsonObject } from "./contract/json.ts";
import { toOperations } from "./contract/operations.ts";
import { toPolicy } from "./contract/plans.ts";
import { systemClock, systemTicks } from "./lib/clock.ts";
import type { Log } from "./lib/log.ts";
import { createLedger, type Ledger } from "./limits/ledger.ts";
import type { Limiter } from "./limits/limiter.ts";
import { createMemoryLimiter } from "./limits/memory-limiter.ts";
import { createQuotaStore } from "./store/quotas.ts";
import type { Database } from "./store/schema.ts";

/** Everything that counts who calls how often. */
export type Counting = {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
  readonly strangers: Strangers;
  /** Brings what is counted and not yet stored into the store. */
  readonly stop: () => Promise<void>;
};

export type CountingDeps = {
  readonly db: Database;
  readonly document: JsonObject;
  readonly config: Pick<Config, "failedKeysPerMinute">;
  readonly log: Log;
};

/** Counts in this process; limits are forgotten with it, quotas are kept in `db`. */
export function startCounting({ db, document, config, log }: CountingDeps): Counting {
  const ledger = createLedger(createQuotaStore(db));
  return {
    limiter: createMemoryLimiter({ ticks: systemTicks, clock: systemClock, ledger }),
    ruleBook: createRuleBook(toPolicy(document), toOperations(document)),
    strangers: createStrangers({ ticks: systemTicks, perMinute: config.failedKeysPerMinute }),
    stop: flushRegularly(ledger, log),
  };
}

/** With the time that a transaction takes, a process that is killed loses no more than 250 ms of what it counted. */
const FLUSH_EVERY_MS = 200;

/** Brings the counts of quotas into the store, again and again; what fails is tried again. */
function flushRegularly(ledger: Ledger, log: Log): () => Promise<void> {
  let isFailing = false;
  const flush = async () => {
    try {
      await ledger.flush(systemClock.now());
      isFailing = false;
    } catch (cause) {
      // Once, not five times a second.
      if (!isFailing) log.error({ err: cause }, "quotas cannot be written");
      isFailing = true;
    }
  };
  const timer = setInterval(flush, FLUSH_EVERY_MS).unref();
  return async () => {
    clearInterval(timer);
    await flush();
  };
}
