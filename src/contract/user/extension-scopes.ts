import { asRecord, type JsonObject } from "../document/json.ts";
import { type Replacement, replaced } from "../document/replaced.ts";
import { outlineOnce } from "../model/outline.ts";
import { keysIn } from "../model/security.ts";

/** Moves the scopes of `x-latchkey` into the security requirements, where everything else looks for them. */
export function withExtensionScopes(raw: JsonObject): JsonObject {
  const { operations, keySchemes } = outlineOnce(raw);
  const changed = new Map<JsonObject, Replacement>();
  for (const { operation, pointer, extension, security } of operations) {
    const { scopes } = extension;
    if (scopes === undefined || !Array.isArray(security)) continue;
    const requirements = security.map((requirement) => {
      const keys = keysIn(keySchemes, asRecord(requirement));
      const entries = Object.entries(asRecord(requirement)).map(([name, named]) => [
        name,
        keys.includes(name) && Array.isArray(named) ? [...new Set([...named, ...scopes])] : named,
      ]);
      return Object.fromEntries(entries);
    });
    changed.set(operation, [pointer, { ...operation, security: requirements }]);
  }
  return replaced(raw, [...changed.values()]);
}
