import { asList, asRecord } from "../../document/json.ts";
import { toOperation } from "../operations.ts";
import type { FoundOperation, Outline } from "../outline.ts";
import { shapeOf } from "./path-template.ts";

/** Two operations that match the same requests: the first one is used. */
export type Twins = readonly [used: FoundOperation, unused: FoundOperation];

export function findTwins(outline: Outline): readonly Twins[] {
  const groups = Map.groupBy(outline.operations, ({ path, method }) => `${method} ${shapeOf(path)}`);
  return [...groups.values()].flatMap((group) => (group.length < 2 ? [] : twinsIn(outline, group)));
}

function twinsIn(outline: Outline, group: readonly FoundOperation[]): readonly Twins[] {
  const seen = new Map<string, FoundOperation>();
  return group.flatMap((found): readonly Twins[] => {
    const { selectors } = toOperation(outline, found);
    const selected = JSON.stringify(selectors.map(({ name, value }) => [name, value]).toSorted());
    const twin = seen.get(selected);
    if (twin === undefined) seen.set(selected, found);
    return twin === undefined ? [] : [[twin, found]];
  });
}

/**
 * The alternatives of `security` that two operations have in common: who meets one of them may call both. A public
 * operation admits every request, so the alternatives of the other one are left; undefined if there are none.
 */
export function commonSecurity(one: unknown, other: unknown): readonly unknown[] | undefined {
  if (!Array.isArray(one) || !Array.isArray(other)) return undefined;
  if (one.length === 0) return other;
  if (other.length === 0) return one;
  const known = new Set(other.map(toText));
  const common = one.filter((alternative) => known.has(toText(alternative)));
  return common.length === 0 ? undefined : common;
}

/** Equal for alternatives that require the same schemes and scopes, in whatever order they are written. */
function toText(alternative: unknown): string {
  const schemes = Object.entries(asRecord(alternative)).map(([name, scopes]) => [name, asList(scopes).toSorted()]);
  return JSON.stringify(schemes.toSorted(([one], [other]) => String(one).localeCompare(String(other), "en")));
}

/** Do both send requests to the same place, and leave the same to the upstream? */
export function haveSamePlace([{ extension: one }, { extension: other }]: Twins): boolean {
  return JSON.stringify([one.security, one.upstream]) === JSON.stringify([other.security, other.upstream]);
}
