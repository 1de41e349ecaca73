import type { NewKey } from "../../src/admin/keys/issue-key.ts";

/** What somebody wants who asks for a live key with the scope data:read, for the client `acme`, without an end. */
export function aWish(differences: Partial<NewKey> = {}): NewKey {
  return {
    client: "acme",
    name: "nightly import",
    scopes: ["data:read"],
    environment: "live",
    expiresAt: null,
    ...differences,
  };
}
