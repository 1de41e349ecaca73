import { IDENTIFIER } from "../checks/paths.ts";

/** Is `value` an identifier, as handlers, clients and checks need it? */
export function isOperationId(value: unknown): value is string {
  return typeof value === "string" && IDENTIFIER.test(value);
}

/** Makes an id that is not in `taken` out of a text: `get /pets/{id}` → `getPetsId`. */
export function toOperationId(written: string, taken: ReadonlySet<unknown>): string {
  const words = written.split(/[^0-9A-Za-z]+/).filter((word) => word !== "");
  const joined = words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("");
  const base = IDENTIFIER.test(joined) ? joined : `_${joined}`;
  let id = base;
  for (let next = 2; taken.has(id); next++) id = `${base}${next}`;
  return id;
}
