import type { ApiKey } from "./key.ts";

/** What those behind us are told about an admitted key; public facts only. */
export function identityHeaders({ id, client, scopes, environment }: ApiKey): [string, string][] {
  return [
    ["X-Latchkey-Client", client.id],
    ["X-Latchkey-Key", id],
    ["X-Latchkey-Scopes", scopes.join(" ")],
    ["X-Latchkey-Environment", environment],
  ];
}
