import type { components } from "../contract/types.gen.ts";
import type { Client } from "../keys/client.ts";
import type { ApiKey } from "../keys/key.ts";
import { stateOf } from "../keys/lifecycle.ts";
import { type Instant, optionalTimestamp, toTimestamp } from "../lib/clock.ts";

/** A key as the contract shows it, over HTTP and by `--json` alike: without its digest. */
export function viewOfKey(key: ApiKey, now: Instant): components["schemas"]["Key"] {
  return {
    id: key.id,
    client: { ...key.client },
    name: key.name,
    environment: key.environment,
    scopes: [...key.scopes],
    state: stateOf(key, now),
    lastFour: key.lastFour,
    createdAt: toTimestamp(key.createdAt),
    expiresAt: optionalTimestamp(key.expiresAt),
    revokedAt: optionalTimestamp(key.revokedAt),
    revocationReason: key.revocationReason,
    metadata: { ...key.metadata },
  };
}

/** A client as the contract shows it. */
export function viewOfClient({ id, name, metadata, createdAt }: Client): components["schemas"]["Client"] {
  return { id, name, metadata: { ...metadata }, createdAt: toTimestamp(createdAt) };
}
