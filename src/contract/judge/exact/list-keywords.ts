import { asList } from "../../document/json.ts";
import { admits, every, violated } from "./evaluation.ts";
import { countSteps, everyPart, visitParts } from "./slices.ts";
import { admitsPart, type Keyword } from "./subschema.ts";
import { canonicalJson } from "./values.ts";

/** JSON Schema Core 2020-12 §10.3.1, and Validation §6.4. */
export const LIST_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minItems: size((count, bound) => count >= bound, "fewer"),
  maxItems: size((count, bound) => count <= bound, "more"),
  uniqueItems: (isUnique) => {
    if (isUnique !== true) return undefined;
    const keyword = { name: "uniqueItems" };
    return (one) => {
      const { value, run } = one;
      if (!Array.isArray(value)) return true;
      const { found } = visitParts(one, keyword, value.length, (index, texts) => {
        const text = canonicalJson(value[index]);
        countSteps(run, text.length >> 5);
        return texts.push(text) > 0;
      });
      return new Set(found).size === value.length || violated(one, "must NOT have duplicate items");
    };
  },
  prefixItems: (schemas, _, { compile }) => {
    const items = asList(schemas).map((schema) => compile(schema));
    return (one, seen) => {
      const { value, run } = one;
      if (!Array.isArray(value)) return true;
      const present = items.slice(0, value.length);
      for (const index of present.keys()) seen?.indices.add(index);
      return every(present.entries(), run, ([index, item]) => admitsPart(item, one, index, value[index]));
    };
  },
  items: (schema, { prefixItems }, { compile }) => {
    const item = compile(schema);
    const first = asList(prefixItems).length;
    const keyword = { name: "items" };
    return (one, seen) => {
      const { value } = one;
      if (!Array.isArray(value)) return true;
      if (schema === false && value.length > first) return violated(one, `must NOT have more than ${first} items`);
      if (seen !== undefined) for (let index = first; index < value.length; index++) seen.indices.add(index);
      const rest = Math.max(value.length - first, 0);
      return everyPart(one, keyword, rest, (at) => admitsPart(item, one, first + at, value[first + at]));
    };
  },
  contains: (schema, { minContains, maxContains }, { compile }) => {
    const item = compile(schema);
    const least = typeof minContains === "number" ? minContains : 1;
    const most = typeof maxContains === "number" ? maxContains : Number.POSITIVE_INFINITY;
    const keyword = { name: "contains" };
    return (one, seen) => {
      const { value } = one;
      if (!Array.isArray(value)) return true;
      const { found } = visitParts(one, keyword, value.length, (index, matching) => {
        if (admits((inside) => admitsPart(item, inside, index, value[index]), one, undefined)) matching.push(index);
        return true;
      });
      // The items that match count as evaluated (Core §10.3.1.3).
      for (const index of found) seen?.indices.add(Number(index));
      const count = found.length;
      if (count < least) return violated(one, `must contain at least ${least} valid item(s)`);
      return count <= most || violated(one, `must contain at most ${most} valid item(s)`);
    };
  },
};

function size(isWithin: (count: number, limit: number) => boolean, word: string): Keyword {
  return (limit) => (one) => {
    if (!Array.isArray(one.value) || typeof limit !== "number") return true;
    return isWithin(one.value.length, limit) || violated(one, `must NOT have ${word} than ${limit} items`);
  };
}

/** Applies to the items that no other keyword has evaluated (Core §11.2). */
export const UNEVALUATED_ITEMS: Keyword = (schema, _, { compile }) => {
  const item = compile(schema);
  const keyword = { name: "unevaluatedItems" };
  return (one, seen) => {
    const { value } = one;
    if (!Array.isArray(value)) return true;
    const rest = [...value.keys()].filter((index) => !seen?.indices.has(index));
    if (schema === false && rest.length > 0)
      return violated(one, `must NOT have more than ${value.length - rest.length} items`);
    for (const index of rest) seen?.indices.add(index);
    return everyPart(one, keyword, rest.length, (at) => {
      const index = rest[at] ?? 0;
      return admitsPart(item, one, index, value[index]);
    });
  };
};
