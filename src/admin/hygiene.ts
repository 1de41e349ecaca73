import type { ApiKey } from "../keys/key.ts";
import { yieldToEventLoop } from "../lib/async/yield-to-event-loop.ts";
import { type Instant, toTimestamp } from "../lib/time/clock.ts";
import type { Database } from "../store/database/schema.ts";
import { type KeyFilter, listKeys } from "../store/list-keys.ts";
import type { Page, PageRequest } from "../store/page.ts";
import { listKeyUses, listUsedOperations } from "../store/usage.ts";

/** Something about a key that somebody should look at. */
export type HygieneFinding = {
  readonly kind: "never-expires" | "idle" | "expiring" | "unused-scopes" | "no-plan";
  /** What is the matter, in a sentence. */
  readonly detail: string;
  /** The command that mends it. */
  readonly command: string;
};

export type KeyFindings = { readonly key: ApiKey; readonly findings: readonly HygieneFinding[] };

export type HygieneDeps = {
  readonly db: Database;
  /** The scopes that each operation needs, by operationId. */
  readonly neededScopes: ReadonlyMap<string, readonly string[]>;
  /** Whether the contract has plans that a client could hold. */
  readonly hasPlans: boolean;
};

const DAY_MS = 86_400_000;
const IDLE_DAYS = 90;
const EXPIRING_DAYS = 14;
/** Some milliseconds. */
const KEYS_IN_A_SLICE = 20;

/** The active keys of a page of the list that have something to look at; so there may be fewer than were asked for. */
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
  const lastAt = last?.at ?? key.createdAt;
  const used = await listUsedOperations(db, key.id);
  const needed = new Set(used.flatMap((operation) => neededScopes.get(operation) ?? []));
  const unused = key.scopes.filter((scope) => !needed.has(scope));
  const kept = key.scopes.filter((scope) => needed.has(scope));
  const findings: readonly (HygieneFinding | false)[] = [
    key.expiresAt === null && {
      kind: "never-expires",
      detail: "It works until somebody revokes it.",
      command: `latchkey keys update ${key.id} --expires 90d`,
    },
    key.expiresAt !== null &&
      key.expiresAt - now <= EXPIRING_DAYS * DAY_MS && {
        kind: "expiring",
        detail: `It ends at ${toTimestamp(key.expiresAt)}.`,
        command: `latchkey keys rotate ${key.id}`,
      },
    now - lastAt >= IDLE_DAYS * DAY_MS && {
      kind: "idle",
      detail: last === undefined ? "It was never used." : `It was last used at ${toTimestamp(lastAt)}.`,
      command: `latchkey keys disable ${key.id}`,
    },
    // Of a key that nobody uses yet, nothing is known.
    last !== undefined &&
      kept.length > 0 &&
      unused.length > 0 && {
        kind: "unused-scopes",
        detail: `It never needed ${unused.join(", ")}.`,
        command: `latchkey keys update ${key.id} --scope ${kept.join(",")}`,
      },
    hasPlans &&
      key.client.plan === null && {
        kind: "no-plan",
        detail: "Its client holds no plan, so the default one counts.",
        command: `latchkey clients update ${key.client.id} --plan PLAN`,
      },
  ];
  return findings.filter((finding) => finding !== false);
}
