import type { ActorRefused } from "../../admin/act.ts";
import type { Actor } from "../../admin/deeds.ts";
import type { ApiKey } from "../../keys/key.ts";

/** A key as the deeds see it: it may do what its scopes allow. */
export function toActor({ scopes }: ApiKey): Actor {
  return { kind: "key", scopes };
}

/** The answer to a key that lost its right to the deed before it was done. */
export function toRefusal(key: ApiKey, { state }: ActorRefused) {
  return { refusal: { kind: `key-${state}`, key } } as const;
}
