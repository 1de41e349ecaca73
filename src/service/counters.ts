import { createFailedKeyLimiter } from "../auth/failed-key-limiter.ts";
import { createRuleBook } from "../auth/rule-book.ts";
import type { Config } from "../config/config.ts";
import type { Log } from "../lib/log/log.ts";
import { systemTicks } from "../lib/time/clock.ts";
import type { Limiter } from "../limits/limiter.ts";
import type { UsageEvent } from "../usage/event.ts";
import type { AppLimits } from "./app/app-deps.ts";
import { type BackgroundJobs, startBackgroundJobs } from "./background-jobs.ts";
import type { Resources } from "./resources.ts";
import { startUsageRecorder, type UsageRecorder } from "./usage-recorder.ts";

/** Everything that counts: limits, and who calls what how often. */
export type Counters = {
  readonly limits: AppLimits;
  readonly recorder: UsageRecorder;
  /** Undefined in a worker: its primary runs them. */
  readonly jobs: BackgroundJobs | undefined;
};

type CountersDeps = {
  readonly config: Pick<Config, "failedKeysPerMinute" | "usageRetention">;
  readonly log: Log;
  readonly resources: Pick<Resources, "actions" | "db" | "contract" | "administration">;
  /** The limiter of the primary, in a worker. */
  readonly sharedLimiter: Limiter | undefined;
  /** Called for every response. */
  readonly onResponse: (event: UsageEvent) => void;
};

export function startCounters(deps: CountersDeps): Counters {
  const { config, log, resources, onResponse } = deps;
  const { contract, administration } = resources;
  const operations = [...contract.operations, ...(administration?.operations ?? [])];
  const { limiter, jobs } = startLimiter(deps);
  return {
    limits: {
      limiter,
      ruleBook: createRuleBook(contract.policy, operations),
      failedKeys: createFailedKeyLimiter({ ticks: systemTicks, perMinute: config.failedKeysPerMinute }),
    },
    recorder: startUsageRecorder({ db: resources.db, log, onResponse }),
    jobs,
  };
}

function startLimiter({ config, log, resources, sharedLimiter }: CountersDeps) {
  if (sharedLimiter !== undefined) return { limiter: sharedLimiter, jobs: undefined };
  const jobs = startBackgroundJobs(resources.actions, config, log);
  return { limiter: jobs.limiter, jobs };
}
