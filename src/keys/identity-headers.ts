import type { ApiKey } from "./key.ts";

/** The names of the headers in `identityHeaders`. */
export const IDENTITY_HEADERS = [
  "X-Latchkey-Client",
  "X-Latchkey-Key",
  "X-Latchkey-Scopes",
  "X-Latchkey-Environment",
] as const;

/** What upstreams learn about an admitted key: public facts only. */
export function identityHeaders({ id, client, scopes, environment }: ApiKey): [string, string][] {
  return [
    ["X-Latchkey-Client", client.id],
    ["X-Latchkey-Key", id],
    ["X-Latchkey-Scopes", scopes.join(" ")],
    ["X-Latchkey-Environment", environment],
  ];
}
