import type { NewKey } from "../../src/admin/keys/issue-key.ts";

/** A request for a live key of the client `acme`, with the scope data:read and no expiry. */
export function aNewKey(differences: Partial<NewKey> = {}): NewKey {
  return {
    client: "acme",
    name: "nightly import",
    scopes: ["data:read"],
    environment: "live",
    expiresAt: null,
    ...differences,
  };
}
