import type { InvalidRequest } from "../../../contract/judge/judge.ts";

/** The parameters of a query, decoded; those of a name that comes several times are a list. */
export type Query = { readonly [name: string]: unknown };

type Nested = { [name: string]: unknown };

/**
 * Combines query parameters such as `filter[name]` and `ids[]` into the object or list that they mean. Names that the
 * contract declares with brackets stay as they are. The validator would decode such parameters twice, keep only the last
 * of several, and drop those that it cannot parse, while all of them are forwarded.
 * @returns undefined when the brackets of a name are invalid.
 */
export function combineBrackets(query: Query, declared: readonly string[]): Query | undefined {
  const isBracketed = (name: string) => name.includes("[") && !declared.includes(name);
  const names = Object.keys(query).filter(isBracketed);
  if (names.length === 0) return query;

  const nested: Nested = Object.create(null);
  const isRead = names.every((name) => {
    const steps = stepsOf(name);
    return steps !== undefined && !(String(steps[0]) in query) && put(nested, steps, query[name]);
  });
  if (!isRead) return undefined;
  const combined: Nested = Object.assign(Object.create(null), query);
  for (const name of names) delete combined[name];
  for (const [name, value] of Object.entries(nested)) combined[name] = withLists(value);
  return combined;
}

export const INVALID_BRACKETS = {
  kind: "invalid",
  detail: "The brackets in a query parameter name are not valid; write name[property] or name[], and each name once.",
  parts: [{ detail: "the brackets in a name are not valid", pointer: "#/query" }],
} as const satisfies InvalidRequest;

const NAME = /^([^[\]=&]+)((?:\[[^[\]]*\]){1,5})$/;

/** `a[b][c]` → a, b, c; undefined for a malformed name, or one that names a property of Object.prototype. */
function stepsOf(name: string): readonly string[] | undefined {
  const [, base = "", rest = ""] = NAME.exec(name) ?? [];
  const steps = [base, ...rest.slice(1, -1).split("][")];
  // Empty brackets mean a list; only the last can be empty.
  const isList = steps.length > 1 && steps.at(-1) === "";
  const named = isList ? steps.slice(0, -1) : steps;
  return named.some((step) => step === "" || step in Object.prototype) ? undefined : steps;
}

/** Returns false if the place is taken. */
function put(into: Nested, [step = "", ...steps]: readonly string[], value: unknown): boolean {
  if (steps.length === 0 || (steps.length === 1 && steps[0] === "")) {
    if (Object.hasOwn(into, step)) return false;
    into[step] = steps.length === 0 ? value : [value].flat();
    return true;
  }
  const inner = Object.hasOwn(into, step) ? into[step] : {};
  if (!isNested(inner)) return false;
  into[step] = inner;
  return put(inner, steps, value);
}

function isNested(value: unknown): value is Nested {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Turns objects with the keys 0, 1, 2, … into lists: `ids[0]` and `ids[1]`. */
function withLists(value: unknown): unknown {
  if (!isNested(value)) return value;
  const entries = Object.entries(value).map(([name, one]) => [name, withLists(one)] as const);
  const isList = entries.every(([name], index) => name === String(index));
  return isList ? entries.map(([, one]) => one) : Object.fromEntries(entries);
}
