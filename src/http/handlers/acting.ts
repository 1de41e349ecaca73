import type { ActorRefused } from "../../admin/act.ts";
import type { ApiKey } from "../../keys/key.ts";

/** The answer to a key that lost its right to the deed before it was done. */
export function toRefusal(key: ApiKey, { state }: ActorRefused) {
  return { refusal: { kind: state === "expired" ? "key-expired" : "key-revoked", key } } as const;
}
