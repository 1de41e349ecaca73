type Nested = { [name: string]: unknown };

/** One query parameter with brackets in its name: `filter[name]`, and its values. */
export type Bracketed = readonly [name: string, values: readonly string[]];

/**
 * Combines query parameters such as `filter[name]`, `ids[]` and `ids[0]` into the objects and lists that they mean, by
 * the name before the brackets.
 * @returns undefined if the brackets are not valid, or a place is taken twice.
 */
export function nestBrackets(parameters: readonly Bracketed[]): Readonly<Record<string, unknown>> | undefined {
  const nested: Nested = Object.create(null);
  for (const [name, values] of parameters) {
    const steps = stepsOf(name);
    const [value] = values;
    if (steps === undefined || !put(nested, steps, values.length === 1 ? value : values)) return undefined;
  }
  for (const [name, value] of Object.entries(nested)) nested[name] = withLists(value);
  return nested;
}

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
