import { IDENTIFIER } from "../checks/paths.ts";

/** Is this one that handlers, clients and checks can use? */
export function isOperationId(value: unknown): value is string {
  return typeof value === "string" && IDENTIFIER.test(value);
}

/** An id that nobody in `taken` has, out of what was written, or method and path: `get /pets/{id}` → `getPetsId`. */
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
