import type { Policy } from "../contract/model/plans.ts";
import type { ApiKey } from "../keys/key.ts";
import { isLessRestricted } from "../keys/lifecycle.ts";
import { isAdministrative, ungrantableScopes } from "../keys/scopes.ts";
import type { RandomBytes } from "../lib/random.ts";
import type { Clock } from "../lib/time/clock.ts";
import type { GuardedClock } from "../lib/time/guarded-clock.ts";
import type { AuditFacts } from "../store/audit/audit-event.ts";
import type { Database } from "../store/database/schema.ts";

/** What the deeds of this room need from the outside. */
export type ActionDeps = {
  readonly db: Database;
  readonly clock: Clock;
  readonly random: RandomBytes;
  /** First part of the text of new keys. */
  readonly brand: string;
  /** Every scope that the contract knows. */
  readonly scopes: readonly string[];
  /** The plans that the contract declares. */
  readonly policy: Policy;
  /** The scopes that each operation of the contract needs, by operationId. */
  readonly neededScopes: ReadonlyMap<string, readonly string[]>;
  /** How many keys a client may hold at a time. */
  readonly maxKeysPerClient: number;
  readonly principal: Principal;
};

/** The deeds, by a clock that is not believed where its own past contradicts it. */
export type ServiceActionDeps = ActionDeps & { readonly clock: GuardedClock };

/** In whose name a deed is done, and from where: what `record` writes down. What they may do is the `Authority`'s matter. */
export type Principal = Pick<AuditFacts, "actor" | "address" | "requestId"> & {
  /** The operator's name on the machine. */
  readonly osUser?: string;
};

export function operatorPrincipal(osUser: string): Principal {
  return { actor: { kind: "operator", keyId: null, clientId: null }, address: null, requestId: null, osUser };
}

/** The service by itself, on the occasion of a request or of none. */
export const SYSTEM_PRINCIPAL: Principal = {
  actor: { kind: "system", keyId: null, clientId: null },
  address: null,
  requestId: null,
};

/** The same dependencies inside the transaction `db`. */
export function within(deps: ActionDeps, db: Database): ActionDeps {
  return { ...deps, db };
}

/** Who does a deed: whoever sits at the machine may do everything, a key only what its scopes allow. */
export type Authority = { readonly kind: "operator" } | ({ readonly kind: "key" } & Limits);

/** What a key may do, until when and from where. */
export type Limits = Pick<ApiKey, "scopes" | "expiresAt" | "allowedIps">;

export const OPERATOR_AUTHORITY: Authority = { kind: "operator" };

/** The scopes of `wanted` that `authority` must not pass on to a key, or give back to one. */
export function refusedScopes(authority: Authority, wanted: readonly string[]): readonly string[] {
  return authority.kind === "operator" ? [] : ungrantableScopes(authority.scopes, wanted);
}

/**
 * The scopes of `wanted` that `authority` must not pass on with such an end and such networks: an administrative key makes
 * no other one that works longer, or from elsewhere, than it does itself. Else its own limits would be worth nothing.
 */
export function refusedRights(authority: Authority, wanted: Limits): readonly string[] {
  const isBeyond = authority.kind === "key" && isLessRestricted(wanted, authority);
  return isBeyond ? wanted.scopes.filter(isAdministrative) : refusedScopes(authority, wanted.scopes);
}
