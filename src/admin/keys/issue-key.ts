import type { Client } from "../../keys/client.ts";
import { digestOf } from "../../keys/digest.ts";
import { newId, newSecret } from "../../keys/generate.ts";
import type { ApiKey, Environment } from "../../keys/key.ts";
import { type Instant, toTimestamp } from "../../lib/time/clock.ts";
import { findClient } from "../../store/clients.ts";
import { transact } from "../../store/database/transact.ts";
import { insertKey } from "../../store/keys.ts";
import { type ActionDeps, type Authority, refusedRights, within } from "../actions.ts";
import { record } from "../record.ts";
import {
  networksOf,
  refusalOfOneMore,
  refusalOfTerms,
  type Terms,
  type TermsRefused,
  type TooManyKeys,
} from "./key-terms.ts";

export type NewKey = Terms & {
  /** Id or name. */
  readonly client: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly environment: Environment;
  readonly expiresAt: Instant | null;
  readonly selfRotation?: boolean | undefined;
};

export type IssueOutcome =
  /** `secret` is not stored, so the receiver must keep it. */
  | { readonly kind: "issued"; readonly key: ApiKey; readonly secret: string }
  | { readonly kind: "client-unknown" }
  | { readonly kind: "scope-not-grantable"; readonly scopes: readonly string[] }
  | TooManyKeys
  | TermsRefused;

export async function issueKey(wanted: NewKey, authority: Authority, deps: ActionDeps): Promise<IssueOutcome> {
  const now = deps.clock.now();
  const refusal = refusalOfTerms(wanted, deps.scopes, now);
  if (refusal !== undefined) return refusal;
  const allowedIps = networksOf(wanted.allowedIps ?? []);
  const refused = refusedRights(authority, { ...wanted, allowedIps });
  if (refused.length > 0) return { kind: "scope-not-grantable", scopes: refused };

  return transact(deps.db, async (tx) => {
    const client = await findClient(tx, wanted.client);
    if (client === undefined) return { kind: "client-unknown" };
    const full = await refusalOfOneMore(client.id, within(deps, tx), now);
    if (full !== undefined) return full;

    const secret = newSecret(deps.brand, wanted.environment, deps.random);
    const key = toKey({ ...wanted, allowedIps }, client, {
      id: newId("key", deps.random),
      digest: digestOf(secret),
      lastFour: secret.slice(-4),
      createdAt: now,
    });
    await insertKey(tx, key);
    await record(within(deps, tx), {
      action: "key.issued",
      target: { kind: "key", id: key.id },
      at: now,
      details: detailsOf(key),
    });
    return { kind: "issued", key, secret };
  });
}

function toKey(
  wanted: NewKey & Pick<ApiKey, "allowedIps">,
  { id, name, disabledAt, plan, limits }: Client,
  made: Pick<ApiKey, "id" | "digest" | "lastFour" | "createdAt">,
): ApiKey {
  return {
    ...made,
    client: { id, name, disabledAt, plan, limits },
    name: wanted.name,
    environment: wanted.environment,
    scopes: [...new Set(wanted.scopes)],
    expiresAt: wanted.expiresAt,
    disabledAt: null,
    revokedAt: null,
    revocationReason: null,
    successorId: null,
    overlapEndsAt: null,
    selfRotation: wanted.selfRotation ?? false,
    allowedIps: wanted.allowedIps,
    metadata: wanted.metadata ?? {},
    lineageId: made.id,
    limits: null,
  };
}

/** What the audit log records about a new key. */
function detailsOf({ client, name, environment, scopes, expiresAt, allowedIps }: ApiKey) {
  return {
    client: client.name,
    name,
    environment,
    scopes: scopes.join(","),
    ...(expiresAt !== null && { expiresAt: toTimestamp(expiresAt) }),
    ...(allowedIps.length > 0 && { allowedIps: allowedIps.join(",") }),
  };
}
