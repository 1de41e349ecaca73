import { type ActionDeps, operatorPrincipal } from "../../src/admin/actions.ts";
import { toOutline } from "../../src/contract/model/outline.ts";
import { toPolicy } from "../../src/contract/model/plans.ts";
import type { Client } from "../../src/keys/client.ts";
import { digestOf } from "../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { once } from "../../src/lib/async/once.ts";
import { systemRandom } from "../../src/lib/random.ts";
import { type Clock, type Instant, systemClock } from "../../src/lib/time/clock.ts";
import { loadBuiltInContract } from "../../src/service/built-in-contract.ts";
import { openDatabase } from "../../src/store/database/database.ts";
import type { Database } from "../../src/store/database/schema.ts";
import type { UsageEvent } from "../../src/usage/event.ts";
import { operationsOf } from "./model/models.ts";

export const SECOND_MS = 1000;
export const DAY_MS = 86_400 * SECOND_MS;

/** The current time in tests, unless they set another one. */
export const NOON: Instant = Date.parse("2026-11-24T12:00:00Z");

/** A clock that stands still until it is moved. */
export type HeldClock = Clock & { moveTo: (instant: Instant) => void };

export function aHeldClock(at: Instant = NOON): HeldClock {
  let now = at;
  return {
    now: () => now,
    moveTo: (instant) => {
      now = instant;
    },
  };
}

/** A well-formed live key that was never issued. */
export const UNKNOWN_SECRET = composeKey("lk", "live", "S".repeat(RANDOM_LENGTH));

/** The scopes of the service's own contract. */
export const SCOPES = [
  "data:read",
  "info:read",
  "secret:read",
  "clients:read",
  "clients:write",
  "keys:read",
  "keys:write",
  "keys:verify",
  "usage:read",
  "audit:read",
  "metrics:read",
];

export function aClient(differences: Partial<Client> = {}): Client {
  return {
    id: "client_aaaaaaaaaaaaaaaaaaaa",
    name: "acme",
    metadata: {},
    createdAt: NOON,
    disabledAt: null,
    plan: null,
    limits: null,
    ...differences,
  };
}

/** A healthy live key with the scope data:read, whose text is `UNKNOWN_SECRET`. */
export function aKey(differences: Partial<ApiKey> = {}): ApiKey {
  return {
    id: "key_aaaaaaaaaaaaaaaaaaaa",
    client: { id: "client_aaaaaaaaaaaaaaaaaaaa", name: "acme", disabledAt: null, plan: null, limits: null },
    name: "nightly import",
    environment: "live",
    scopes: ["data:read"],
    digest: digestOf(UNKNOWN_SECRET),
    lastFour: UNKNOWN_SECRET.slice(-4),
    createdAt: NOON,
    expiresAt: null,
    disabledAt: null,
    revokedAt: null,
    revocationReason: null,
    successorId: null,
    overlapEndsAt: null,
    selfRotation: false,
    allowedIps: [],
    metadata: {},
    lineageId: "key_aaaaaaaaaaaaaaaaaaaa",
    limits: null,
    ...differences,
  };
}

/** What actions need of the built-in contract. Reading it takes longer than most tests. */
const builtInTerms = once(() => {
  const { document } = loadBuiltInContract();
  const policy = toPolicy(toOutline(document).extension);
  const neededScopes = new Map(operationsOf(document).map((operation) => [operation.id, operation.scopes]));
  return { policy, neededScopes };
});

/** The dependencies of actions on `db`, for an operator and with the system's clock. */
export function actionsOn(db: Database): ActionDeps {
  return {
    ...builtInTerms(),
    db,
    clock: systemClock,
    random: systemRandom,
    brand: "lk",
    maxKeysPerClient: 100,
    scopes: SCOPES,
    principal: operatorPrincipal("tester"),
  };
}

/** The dependencies of actions on an empty database in memory, at noon. */
export async function someActions(): Promise<ActionDeps & { readonly clock: HeldClock }> {
  return { ...actionsOn(await openDatabase("sqlite::memory:")), clock: aHeldClock() };
}

export const aUsageEvent = (differences: Partial<UsageEvent> = {}): UsageEvent => ({
  at: NOON,
  clientId: "client_a",
  keyId: "key_a",
  environment: "live",
  operation: "getData",
  statusClass: 2,
  code: "",
  cost: 1,
  bytesIn: 100,
  bytesOut: 200,
  durationMs: 1.5,
  network: "192.0.2.1",
  ...differences,
});
