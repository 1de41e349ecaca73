import type { components } from "../contract/types.gen.ts";
import type { Client } from "../keys/client.ts";
import type { ApiKey } from "../keys/key.ts";
import { stateOf } from "../keys/lifecycle.ts";
import type { Metadata } from "../keys/metadata.ts";
import type { Override } from "../keys/override.ts";
import { type Instant, optionalTimestamp, toTimestamp } from "../lib/time/clock.ts";
import { type AuditEvent, viewOfLinked } from "../store/audit/audit-event.ts";
import type { Decision } from "../usage/decision.ts";

/** A key as the contract defines it, over HTTP and with `--json`: without its digest. */
export function viewOfKey(key: ApiKey, now: Instant): components["schemas"]["Key"] {
  return {
    id: key.id,
    client: { id: key.client.id, name: key.client.name },
    name: key.name,
    environment: key.environment,
    scopes: [...key.scopes],
    state: stateOf(key, now),
    lastFour: key.lastFour,
    createdAt: toTimestamp(key.createdAt),
    expiresAt: optionalTimestamp(key.expiresAt),
    disabledAt: optionalTimestamp(key.disabledAt),
    revokedAt: optionalTimestamp(key.revokedAt),
    revocationReason: key.revocationReason,
    successorId: key.successorId,
    overlapEndsAt: optionalTimestamp(key.overlapEndsAt),
    selfRotation: key.selfRotation,
    allowedIps: [...key.allowedIps],
    limits: viewOfOverride(key.limits),
    metadata: toJsonObject(key.metadata),
  };
}

/** A newly issued key with its secret: the only response that holds a secret. */
export function viewOfIssued(
  { key, secret }: { readonly key: ApiKey; readonly secret: string },
  now: Instant,
): components["schemas"]["IssuedKey"] {
  return { key: viewOfKey(key, now), secret };
}

/** A client as the contract defines it. */
export function viewOfClient(client: Client): components["schemas"]["RegisteredClient"] {
  const { id, name, plan, limits, metadata, createdAt, disabledAt } = client;
  return {
    id,
    name,
    plan,
    limits: viewOfOverride(limits),
    metadata: toJsonObject(metadata),
    createdAt: toTimestamp(createdAt),
    disabledAt: optionalTimestamp(disabledAt),
  };
}

function viewOfOverride(override: Override | null): components["schemas"]["LimitOverride"] {
  if (override === null) return null;
  return { unlimited: override.isUnlimited, until: optionalTimestamp(override.until), set: { ...override.set } };
}

/** An event as the contract defines it. */
export function viewOfEvent(event: AuditEvent): components["schemas"]["AuditEvent"] {
  return { ...viewOfLinked(event), hash: event.hash };
}

/** A copy, because the generated type is mutable. */
function toJsonObject(metadata: Metadata): components["schemas"]["Metadata"] {
  return { ...metadata };
}

/** The result of revoking the keys of a client. */
export function viewOfRevoked({
  client,
  revoked,
}: {
  readonly client: Client;
  readonly revoked: number;
}): components["schemas"]["RevokedKeys"] {
  return { client: { id: client.id, name: client.name }, revoked };
}

/** Why a request was refused, as the contract defines it. */
export function viewOfDecision(decision: Decision): components["schemas"]["Decision"] {
  return { ...decision, at: toTimestamp(decision.at) };
}
