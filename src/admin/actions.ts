import type { Policy } from "../contract/model/plans.ts";
import type { ApiKey } from "../keys/key.ts";
import { isLessRestricted } from "../keys/lifecycle.ts";
import { isAdministrative, ungrantableScopes } from "../keys/scopes.ts";
import type { RandomBytes } from "../lib/random.ts";
import type { Clock } from "../lib/time/clock.ts";
import type { GuardedClock } from "../lib/time/guarded-clock.ts";
import type { AuditFacts } from "../store/audit/audit-event.ts";
import type { Database } from "../store/database/schema.ts";

/** What administrative actions need from the outside. */
export type ActionDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** The prefix of new keys. */
  readonly brand: string;
  /** All scopes in the contract. */
  readonly scopes: readonly string[];
  /** The plans that the contract declares. */
  readonly policy: Policy;
  /** The scopes that each operation of the contract needs, by operationId. */
  readonly neededScopes: ReadonlyMap<string, readonly string[]>;
  /** How many keys a client may hold at the same time. */
  readonly maxKeysPerClient: number;
  readonly principal: Principal;
};

/** The dependencies of actions in a service, with a clock that is checked against its past. */
export type ServiceActionDeps = ActionDeps & { readonly clock: GuardedClock };

/**
 * Who performs an action, and from where, as `record` writes it to the audit log. What they may do is their
 * `Authority`.
 */
export type Principal = Pick<AuditFacts, "actor" | "address" | "requestId"> & {
  /** The operator's user name on the machine. */
  readonly osUser?: string;
};

export function operatorPrincipal(osUser: string): Principal {
  return { actor: { kind: "operator", keyId: null, clientId: null }, address: null, requestId: null, osUser };
}

/** The service itself, with or without a request. */
export const SYSTEM_PRINCIPAL: Principal = {
  actor: { kind: "system", keyId: null, clientId: null },
  address: null,
  requestId: null,
};

/** The same dependencies inside the transaction `db`. */
export function within(deps: ActionDeps, db: Database): ActionDeps {
  return { ...deps, db };
}

/** What the caller may do: an operator on the machine everything, a key only what it may do itself. */
export type Authority = { readonly kind: "operator" } | ({ readonly kind: "key" } & KeyRights);

/** What a key may do, until when and from where. */
export type KeyRights = Pick<ApiKey, "scopes" | "expiresAt" | "allowedIps">;

export const OPERATOR_AUTHORITY: Authority = { kind: "operator" };

/** The scopes of `wanted` that `authority` may not grant to a key, or enable again. */
export function refusedScopes(authority: Authority, wanted: readonly string[]): readonly string[] {
  return authority.kind === "operator" ? [] : ungrantableScopes(authority.scopes, wanted);
}

/**
 * The scopes of `wanted` that `authority` may not grant with this expiry and these networks. An administrative key
 * cannot issue another one that works longer, or from more networks, than itself: otherwise its own restrictions could
 * be evaded.
 */
export function refusedRights(authority: Authority, wanted: KeyRights): readonly string[] {
  const isBeyond = authority.kind === "key" && isLessRestricted(wanted, authority);
  return isBeyond ? wanted.scopes.filter(isAdministrative) : refusedScopes(authority, wanted.scopes);
}
