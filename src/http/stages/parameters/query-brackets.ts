import type { InvalidRequest } from "../../../contract/judge/judge.ts";
import { nestBrackets } from "../../../contract/judge/parameters/brackets.ts";

/** The parameters of a query, decoded; those of a name that comes several times are a list. */
export type Query = { readonly [name: string]: unknown };

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

  const nested = nestBrackets(names.map((name) => [name, [query[name]].flat().map(String)]));
  if (nested === undefined || Object.keys(nested).some((name) => name in query)) return undefined;
  const others = Object.entries(query).filter(([name]) => !names.includes(name));
  return Object.assign(Object.create(null), Object.fromEntries(others), nested);
}

export const INVALID_BRACKETS = {
  kind: "invalid",
  detail: "The brackets in a query parameter name are not valid; write name[property] or name[], and each name once.",
  parts: [{ detail: "the brackets in a name are not valid", pointer: "#/query" }],
} as const satisfies InvalidRequest;
