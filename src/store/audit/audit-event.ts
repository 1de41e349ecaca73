import { hash } from "node:crypto";
import type { components } from "../../contract/types.gen.ts";
import { toCanonicalJson } from "../../lib/json/canonical-json.ts";
import { type Instant, toTimestamp } from "../../lib/time/clock.ts";

/** A kind of administrative action; the contract has the list. */
export type AuditAction = components["schemas"]["AuditAction"];

/** The contract's list at run time. A missing or a surplus action does not compile. */
const ACTIONS = {
  "client.registered": true,
  "client.changed": true,
  "client.disabled": true,
  "client.enabled": true,
  "key.issued": true,
  "key.changed": true,
  "key.rotated": true,
  "key.overlap-ended": true,
  "key.disabled": true,
  "key.enabled": true,
  "key.revoked": true,
  "audit.pruned": true,
  "database.restored": true,
} satisfies Record<AuditAction, true>;

export const AUDIT_ACTIONS = Object.keys(ACTIONS) as readonly AuditAction[];

/** One action: who did what to which target, from where and when. */
export type AuditFacts = {
  readonly id: string;
  readonly at: Instant;
  readonly action: AuditAction;
  readonly actor: {
    readonly kind: "operator" | "key" | "system";
    readonly keyId: string | null;
    readonly clientId: string | null;
  };
  /** For `audit`, the id is the hash of the last pruned event; for `database`, of the last event before the restore. */
  readonly target: { readonly kind: "key" | "client" | "audit" | "database"; readonly id: string };
  /** Null for an action without a request. */
  readonly address: string | null;
  readonly requestId: string | null;
  readonly details: Readonly<Record<string, string>>;
};

type Linked = AuditFacts & {
  /** `hash` of the event before, `GENESIS` for the first one. */
  readonly previousHash: string;
};

export type AuditEvent = Linked & { readonly hash: string };

/** The `previousHash` of the first event. */
export const GENESIS = "0".repeat(64);

/** An event as the API shows it, without its hash: this is what is hashed. */
export function viewOfLinked(event: Linked) {
  const { id, at, action, actor, target, address, requestId, details, previousHash } = event;
  return { id, at: toTimestamp(at), action, actor, target, address, requestId, details, previousHash };
}

/** Makes `facts` the event after the one with the hash `previousHash`. */
export function chain(facts: AuditFacts, previousHash: string): AuditEvent {
  const linked = { ...facts, previousHash };
  return { ...linked, hash: hash("sha256", toCanonicalJson(viewOfLinked(linked)), "hex") };
}
