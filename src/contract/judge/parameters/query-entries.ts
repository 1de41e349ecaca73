import { NotCompiled } from "../schemas/not-compiled.ts";
import type { QueryParameter } from "./query-parameter.ts";

/** Where a name in a query belongs. */
export type Entry =
  | { readonly kind: "one"; readonly name: string; readonly read: (raw: string) => unknown }
  | { readonly kind: "several"; readonly name: string; readonly read: (texts: readonly string[]) => unknown }
  /** A property of the object parameter `of`, which is written as parameters of their own. */
  | { readonly kind: "property"; readonly name: string; readonly of: string; readonly isList: boolean };

/** By the names that may occur in a query. @throws NotCompiled when a name belongs to two parameters. */
export function toEntries(parameters: readonly QueryParameter[]): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  const add = (entry: Entry) => {
    if (entries.has(entry.name)) throw new NotCompiled(`two query parameters have the name ${entry.name}`);
    entries.set(entry.name, entry);
  };
  for (const { parameter, readOne, readAll, hasOwnProperties } of parameters) {
    const { name, properties } = parameter;
    if (readOne !== undefined) add({ kind: "one", name, read: readOne });
    if (readAll !== undefined) add({ kind: "several", name, read: readAll });
    if (!hasOwnProperties) continue;
    for (const one of properties) add({ kind: "property", ...one, of: name });
  }
  return entries;
}
