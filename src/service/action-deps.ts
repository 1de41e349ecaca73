import type { Principal, ServiceActionDeps } from "../admin/actions.ts";
import type { Config } from "../config/config.ts";
import type { ContractTerms } from "../contract/model/contract-terms.ts";
import { systemRandom } from "../lib/random.ts";
import { systemClock, systemTicks } from "../lib/time/clock.ts";
import { createGuardedClock, type Disagreement, type GuardedClock } from "../lib/time/guarded-clock.ts";
import type { Database } from "../store/database/schema.ts";
import { readSeenAt } from "../store/database/store-state.ts";

type KeyConfig = Pick<Config, "brand" | "maxKeysPerClient">;

/** The dependencies of the actions on keys and clients, for the service and for the command line. */
export function actionDepsOf(
  { brand, maxKeysPerClient }: KeyConfig,
  { operations, scopes, policy }: ContractTerms,
  performer: { readonly db: Database; readonly clock: GuardedClock; readonly principal: Principal },
): ServiceActionDeps {
  return {
    ...performer,
    random: systemRandom,
    brand,
    maxKeysPerClient,
    scopes: Object.keys(scopes),
    policy,
    neededScopes: new Map(operations.map((operation) => [operation.id, operation.scopes])),
  };
}

/** Opens the clock of this process. It starts no earlier than the last time a service ran on this database. */
export async function openClock(
  db: Database,
  onDisagreement: (disagreement: Disagreement) => void,
): Promise<GuardedClock> {
  const seenAt = await readSeenAt(db);
  return createGuardedClock({ wall: systemClock, ticks: systemTicks, seenAt, onDisagreement });
}
