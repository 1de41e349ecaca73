import type { Pointer } from "../document/finding.ts";
import { asList, type JsonObject } from "../document/json.ts";
import { withValues } from "../document/rewrite.ts";
import { toOutline } from "../model/outline.ts";
import { commonSecurity, findTwins, haveSamePlace } from "../model/paths/twins.ts";

/**
 * Of several operations that match the same requests, the first one is used: it gets the security that all of them have in
 * common, because the upstream may carry out any of them. Without any in common nothing changes, and the check refuses
 * them.
 */
export function withTwinSecurity(raw: JsonObject): JsonObject {
  const outline = toOutline(raw);
  const common = new Map<string, readonly [Pointer, readonly unknown[]]>();
  for (const twins of findTwins(outline)) {
    const [{ id, pointer, security }, unused] = twins;
    const before = common.get(id)?.[1] ?? security;
    const shared = haveSamePlace(twins) ? commonSecurity(before, unused.security) : undefined;
    if (shared !== undefined && shared.length !== asList(before).length)
      common.set(id, [[...pointer, "security"], shared]);
  }
  return common.size === 0 ? raw : withValues(raw, [...common.values()]);
}
