import type { LeakReport } from "../../admin/keys/revoke-leaked.ts";
import type { FailedKeyLimiter } from "../../auth/failed-key-limiter.ts";
import type { IdentifyDeps, KeyFinder } from "../../auth/identify.ts";
import type { RuleBook } from "../../auth/rule-book.ts";
import type { TransportConfig } from "../../config/transport-settings.ts";
import type { Judge } from "../../contract/judge/judge.ts";
import type { Contract } from "../../contract/model/contract.ts";
import type { Gateway } from "../../gateway/upstream-port.ts";
import type { PageDeps } from "../../http/pages/pages.ts";
import type { HandlersById } from "../../http/reply/handler.ts";
import type { Log } from "../../lib/log/log.ts";
import type { RandomBytes } from "../../lib/random.ts";
import type { Clock } from "../../lib/time/clock.ts";
import type { Limiter } from "../../limits/limiter.ts";
import type { Decisions } from "../../usage/decision.ts";
import type { Meter } from "../../usage/meter.ts";
import type { Violations } from "../../usage/violations.ts";

/** What the app needs, in groups. */
export type AppDeps = {
  readonly contract: Contract;
  readonly judge: Judge;
  /** Handlers of the built-in operations. */
  readonly handlers: HandlersById;
  /** Handles the operations of the user contract: an upstream, or a host app with handlers and routes of its own. */
  readonly userApi?: Gateway | { readonly handlers: HandlersById } | undefined;
  readonly keys: AppKeys;
  readonly limits: AppLimits;
  readonly usage: AppUsage;
  readonly transport: Pick<TransportConfig, "trustedHops" | "cleartext" | "corsOrigins" | "authorizeFrom">;
  /** The largest body that is read, in bytes, where an operation says nothing else. */
  readonly maxBodyBytes: number;
  /** What happens to invalid requests of operations that say nothing about it. */
  readonly requests: "enforce" | "report";
  readonly log: Log;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** While true, responses ask clients to close their connection. */
  readonly isStopping: () => boolean;
};

type AppKeys = {
  readonly finder: KeyFinder;
  readonly environments: IdentifyDeps["environments"];
  /** Called with the text of a key that came in clear text, if the settings say to revoke such keys. */
  readonly reportLeak: LeakReport;
};

export type AppLimits = {
  readonly limiter: Limiter;
  readonly ruleBook: RuleBook;
  readonly failedKeys: FailedKeyLimiter;
};

type AppUsage = {
  readonly meter: Meter;
  readonly decisions: Decisions;
  readonly violations: Pick<Violations, "note">;
  readonly metrics: PageDeps["metrics"];
};
