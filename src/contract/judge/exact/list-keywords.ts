import { asList } from "../../document/json.ts";
import { admits, every, violated } from "./evaluation.ts";
import { admitsPart, type Keyword } from "./subschema.ts";
import { canonicalJson } from "./values.ts";

/** JSON Schema Core 2020-12 §10.3.1, and Validation §6.4. */
export const LIST_KEYWORDS: Readonly<Record<string, Keyword>> = {
  minItems: size((count, bound) => count >= bound, "fewer"),
  maxItems: size((count, bound) => count <= bound, "more"),
  uniqueItems: (isUnique) => {
    if (isUnique !== true) return undefined;
    return (one) => {
      if (!Array.isArray(one.value)) return true;
      const isValid = new Set(one.value.map(canonicalJson)).size === one.value.length;
      return isValid || violated(one, "must NOT have duplicate items");
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
    return (one, seen) => {
      const { value, run } = one;
      if (!Array.isArray(value)) return true;
      if (schema === false && value.length > first) return violated(one, `must NOT have more than ${first} items`);
      const indices = [...value.keys()].slice(first);
      for (const index of indices) seen?.indices.add(index);
      return every(indices, run, (index) => admitsPart(item, one, index, value[index]));
    };
  },
  contains: (schema, { minContains, maxContains }, { compile }) => {
    const item = compile(schema);
    const least = typeof minContains === "number" ? minContains : 1;
    const most = typeof maxContains === "number" ? maxContains : Number.POSITIVE_INFINITY;
    return (one, seen) => {
      const { value } = one;
      if (!Array.isArray(value)) return true;
      let count = 0;
      for (const [index, part] of value.entries()) {
        if (!admits((inside) => admitsPart(item, inside, index, part), one, undefined)) continue;
        count++;
        // The items that match count as evaluated (Core §10.3.1.3).
        seen?.indices.add(index);
      }
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
  return (one, seen) => {
    const { value, run } = one;
    if (!Array.isArray(value)) return true;
    const rest = [...value.keys()].filter((index) => !seen?.indices.has(index));
    if (schema === false && rest.length > 0)
      return violated(one, `must NOT have more than ${value.length - rest.length} items`);
    for (const index of rest) seen?.indices.add(index);
    return every(rest, run, (index) => admitsPart(item, one, index, value[index]));
  };
};
