import { newId, newSecret } from "../keys/generate.ts";
import { digestOf } from "../keys/hash.ts";
import type { ApiKey, Environment } from "../keys/key.ts";
import { missingScopes, ungrantableScopes } from "../keys/scopes.ts";
import type { Instant } from "../lib/clock.ts";
import { findClient } from "../store/clients.ts";
import { insertKey } from "../store/keys.ts";
import { transact } from "../store/transact.ts";
import type { Actor, DeedDeps, Metadata } from "./deeds.ts";

export type NewKey = {
  /** Id or name. */
  readonly client: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly environment: Environment;
  readonly expiresAt: Instant | null;
  readonly metadata?: Metadata | undefined;
};

export type IssueOutcome =
  /** `secret` is nowhere else: who receives it must keep it. */
  | { readonly kind: "issued"; readonly key: ApiKey; readonly secret: string }
  | { readonly kind: "client-unknown" }
  /** `index` is the place in the wanted scopes, `known` the whole catalogue. */
  | { readonly kind: "scope-unknown"; readonly index: number; readonly known: readonly string[] }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] }
  | { readonly kind: "expiry-past" };

export async function issueKey(wanted: NewKey, actor: Actor, deps: DeedDeps): Promise<IssueOutcome> {
  const now = deps.clock.now();
  const refusal = refusalOf(wanted, actor, deps, now);
  if (refusal !== undefined) return refusal;

  return transact(deps.db, async (tx) => {
    const client = await findClient(tx, wanted.client);
    if (client === undefined) return { kind: "client-unknown" };

    const secret = newSecret(deps.brand, wanted.environment, deps.random);
    const key: ApiKey = {
      id: newId("key", deps.random),
      client: { id: client.id, name: client.name },
      name: wanted.name,
      environment: wanted.environment,
      scopes: [...new Set(wanted.scopes)],
      digest: digestOf(secret),
      lastFour: secret.slice(-4),
      createdAt: now,
      expiresAt: wanted.expiresAt,
      revokedAt: null,
      revocationReason: null,
      metadata: wanted.metadata ?? {},
    };
    await insertKey(tx, key);
    return { kind: "issued", key, secret };
  });
}

function refusalOf(wanted: NewKey, actor: Actor, deps: DeedDeps, now: Instant): IssueOutcome | undefined {
  const [unknown] = missingScopes(deps.scopes, wanted.scopes);
  if (unknown !== undefined) {
    return { kind: "scope-unknown", index: wanted.scopes.indexOf(unknown), known: deps.scopes };
  }
  const refused = actor.kind === "operator" ? [] : ungrantableScopes(actor.scopes, wanted.scopes);
  if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };

  return wanted.expiresAt !== null && wanted.expiresAt <= now ? { kind: "expiry-past" } : undefined;
}
