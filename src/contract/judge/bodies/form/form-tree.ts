import { meansAnother } from "../../loose-names.ts";
import type { FormField } from "./form-field.ts";

/** The fields of a form under one name, and those under names inside it: `a=1`, `a[]=1`, `a[b][c]=1`. */
export type FormNode = {
  readonly fields: FormField[];
  /** By name or index, in the order in which they came. */
  readonly inner: Map<string, FormNode>;
};

const MAX_DEPTH = 32;

const BRACKETED = /^([^[\]]+)((?:\[[^[\]]*\])+)$/;

/** Names by which some programs reach the prototype of all objects. */
const HOSTILE: readonly string[] = ["__proto__", "prototype"];

/**
 * The names in the name of a field. Brackets count only where their first name is declared: `a[b]` is b in a, as many
 * programs read and write it, unless `a[b]` is declared as such. Undefined for a name that no form needs.
 */
export function namesIn(name: string, isDeclared: (name: string) => boolean): readonly string[] | undefined {
  if (isDeclared(name)) return [name];
  const [, first = "", brackets = ""] = BRACKETED.exec(name) ?? [];
  const inner = brackets === "" ? [] : brackets.slice(1, -1).split("][");
  if ([name, first, ...inner].some((one) => HOSTILE.includes(one)) || inner.length >= MAX_DEPTH) return undefined;
  if (first !== "" && isDeclared(first)) return [first, ...inner];
  return meansAnother(name, isDeclared) ? undefined : [name];
}

export function toNode(): FormNode {
  return { fields: [], inner: new Map() };
}

/** Puts a field in its place. */
export function addField(root: FormNode, names: readonly string[], field: FormField) {
  let node = root;
  for (const name of names) {
    // `a[]=1&a[]=2` are two items.
    const step = name === "" ? `${node.inner.size}` : name;
    const next = node.inner.get(step) ?? toNode();
    node.inner.set(step, next);
    node = next;
  }
  node.fields.push(field);
}

/** The items of a node whose names are indices, in their order; undefined for other nodes. */
export function itemsIn({ inner }: FormNode): readonly FormNode[] | undefined {
  const entries = [...inner].filter(([name]) => /^\d{1,4}$/.test(name));
  if (entries.length === 0 || entries.length < inner.size) return undefined;
  return entries.toSorted(([one], [other]) => Number(one) - Number(other)).map(([, node]) => node);
}
