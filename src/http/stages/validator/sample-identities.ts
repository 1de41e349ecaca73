import type { Identity, KnownKey } from "../../../auth/identify.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { ApiKey } from "../../../keys/key.ts";
import { KEY_STATES } from "../../../keys/lifecycle.ts";

type Named = readonly [name: string, identity: Identity];

/** One identity of every kind that can make a difference for the operation. */
export function identitiesFor(operation: Operation): readonly Named[] {
  const all = known(operation.scopes);
  return [
    ...WITHOUT_KEY,
    ...KEY_STATES.map((state): Named => [`a key that is ${state}`, { ...all, state }]),
    ["a key of a disabled client", { ...all, key: { ...all.key, client: { ...HOLDER, disabledAt: 0 } } }],
    ["a key of another environment", { ...all, isAccepted: false }],
    ["a key from another address", { ...all, isAddressAllowed: false }],
    ...scopesThatMatter(operation).map((scopes): Named => [`a key with ${wordsOf(scopes)}`, known(scopes)]),
  ];
}

const WITHOUT_KEY: readonly Named[] = [
  ["no key", { kind: "none" }],
  ["another credential", { kind: "other-credential" }],
  ["two keys", { kind: "ambiguous" }],
  ["a key in the query", { kind: "in-query", parameter: "api_key" }],
  ["an unknown key", { kind: "unknown" }],
  ["a key that cannot be looked up", { kind: "undecided", cause: undefined }],
];

/** No scope, those of each alternative, and these without one of them. */
function scopesThatMatter({ requirements }: Operation): readonly (readonly string[])[] {
  const complete = requirements.map((requirement) => requirement.flatMap(({ scopes }) => scopes));
  const incomplete = complete.flatMap((scopes) => scopes.map((missing) => scopes.filter((scope) => scope !== missing)));
  const bySpelling = new Map([[], ...complete, ...incomplete].map((scopes) => [scopes.join(" "), scopes]));
  return [...bySpelling.values()];
}

function wordsOf(scopes: readonly string[]): string {
  return scopes.length === 0 ? "no scope" : `the scopes ${scopes.join(", ")}`;
}

function known(scopes: readonly string[]): KnownKey {
  return { kind: "known", key: { ...KEY, scopes }, state: "active", isAccepted: true, isAddressAllowed: true };
}

const HOLDER: ApiKey["client"] = { id: "client_sample", name: "sample", disabledAt: null, plan: null, limits: null };

/** It is never stored, and no text has its digest. */
const KEY: ApiKey = {
  id: "key_sample",
  client: HOLDER,
  name: "sample",
  environment: "live",
  scopes: [],
  digest: "",
  lastFour: "",
  createdAt: 0,
  expiresAt: null,
  disabledAt: null,
  revokedAt: null,
  revocationReason: null,
  successorId: null,
  overlapEndsAt: null,
  selfRotation: false,
  allowedIps: [],
  metadata: {},
  lineageId: "key_sample",
  limits: null,
};
