import type { ApiKey } from "../keys/key.ts";
import { yieldToEventLoop } from "../lib/async/yield-to-event-loop.ts";
import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { type KeyFilter, listKeys } from "../store/list-keys.ts";
import type { Page, PageRequest } from "../store/page.ts";
import { listKeyUses, listUsedOperations } from "../store/usage/key-uses.ts";

/** Something about a key that needs attention. */
export type HygieneFinding = {
  readonly kind: "never-expires" | "idle" | "expiring" | "unused-scopes" | "no-plan";
  /** The problem, in a sentence. */
  readonly detail: string;
  /** The command that fixes it. */
  readonly command: string;
};

export type KeyFindings = { readonly key: ApiKey; readonly findings: readonly HygieneFinding[] };

export type HygieneDeps = {
  readonly db: Database;
  /** The scopes that each operation needs, by operationId. */
  readonly neededScopes: ReadonlyMap<string, readonly string[]>;
  /** Does the contract declare plans? */
  readonly hasPlans: boolean;
};

const DAY_MS = 86_400_000;
const IDLE_DAYS = 90;
const EXPIRING_DAYS = 14;
/** Keys that are checked before other requests are served: some milliseconds. */
const KEYS_IN_A_SLICE = 20;

/** The active keys of a page that have findings. The page may have fewer keys than requested. */
export async function findHygiene(
  deps: HygieneDeps,
  request: PageRequest,
  filter: Pick<KeyFilter, "clientId">,
  now: Instant,
): Promise<Page<KeyFindings>> {
  const { items, nextCursor } = await listKeys(deps.db, request, { ...filter, state: "active", now });
  const found: KeyFindings[] = [];
  for (const [index, key] of items.entries()) {
    const findings = await findingsOf(key, deps, now);
    if (findings.length > 0) found.push({ key, findings });
    if (index % KEYS_IN_A_SLICE === KEYS_IN_A_SLICE - 1) await yieldToEventLoop();
  }
  return { items: found, nextCursor };
}

async function findingsOf(key: ApiKey, { db, neededScopes, hasPlans }: HygieneDeps, now: Instant) {
  const [last] = await listKeyUses(db, key.id, 1);
  const used = await listUsedOperations(db, key.id);
  const needed = new Set(used.flatMap((operation) => neededScopes.get(operation) ?? []));
  return [
    expiryFinding(key, now),
    idleFinding(key, last?.at, now),
    // Without any use it is unknown which scopes the key needs.
    last && unusedScopesFinding(key, needed),
    hasPlans ? planFinding(key) : undefined,
  ].filter((finding) => finding !== undefined);
}

function expiryFinding({ id, expiresAt }: ApiKey, now: Instant): HygieneFinding | undefined {
  if (expiresAt === null) {
    return {
      kind: "never-expires",
      detail: "It works until it is revoked.",
      command: `latchkey keys update ${id} --expires 90d`,
    };
  }
  if (expiresAt - now > EXPIRING_DAYS * DAY_MS) return undefined;
  return {
    kind: "expiring",
    detail: `It expires at ${toTimestamp(expiresAt)}.`,
    command: `latchkey keys rotate ${id}`,
  };
}

function idleFinding(
  { id, createdAt }: ApiKey,
  lastUsedAt: Instant | undefined,
  now: Instant,
): HygieneFinding | undefined {
  if (now - (lastUsedAt ?? createdAt) < IDLE_DAYS * DAY_MS) return undefined;
  return {
    kind: "idle",
    detail: lastUsedAt === undefined ? "It was never used." : `It was last used at ${toTimestamp(lastUsedAt)}.`,
    command: `latchkey keys disable ${id}`,
  };
}

function unusedScopesFinding({ id, scopes }: ApiKey, needed: ReadonlySet<string>): HygieneFinding | undefined {
  const unused = scopes.filter((scope) => !needed.has(scope));
  const kept = scopes.filter((scope) => needed.has(scope));
  if (unused.length === 0 || kept.length === 0) return undefined;
  return {
    kind: "unused-scopes",
    detail: `It never needed ${unused.join(", ")}.`,
    command: `latchkey keys update ${id} --scope ${kept.join(",")}`,
  };
}

function planFinding({ client }: ApiKey): HygieneFinding | undefined {
  if (client.plan !== null) return undefined;
  return {
    kind: "no-plan",
    detail: "Its client has no plan, so the default plan applies.",
    command: `latchkey clients update ${client.id} --plan PLAN`,
  };
}
