import type { Convert } from "../schemas/compiled-schemas.ts";
import { type Bracketed, nestBrackets } from "./brackets.ts";
import { decodeFormText } from "./decode.ts";
import { type Entry, toEntries } from "./query-entries.ts";
import type { QueryParameter } from "./query-parameter.ts";

type Values = Record<string, unknown>;

/**
 * Reads a query without its question mark: converted, without defaults.
 * @returns undefined when it may be invalid, or has an unknown parameter.
 */
export type ReadQuery = (query: string) => Values | undefined;

/** What cannot be read at once, by where it belongs: a name with brackets has no entry. */
type Gathered = Map<Exclude<Entry, { kind: "one" }> | string, string[]>;

export function createReadQuery(parameters: readonly QueryParameter[]): ReadQuery {
  const entries = toEntries(parameters);
  const structures = new Map(parameters.map(({ parameter, readStructure }) => [parameter.name, readStructure]));
  return (query) => {
    // Without a prototype, as Node parses queries.
    const values: Values = Object.create(null);
    const gathered: Gathered = new Map();
    for (let start = 0; start < query.length; ) {
      const end = indexOr(query, "&", start);
      if (end > start && !readPair(query.slice(start, end), entries, values, gathered)) return undefined;
      start = end + 1;
    }
    return gathered.size === 0 || addGathered(values, gathered, structures) ? values : undefined;
  };
}

function indexOr(text: string, part: string, from: number): number {
  const at = text.indexOf(part, from);
  return at < 0 ? text.length : at;
}

/** Reads `name=value` at once, or gathers it. Returns false if it may be invalid. */
function readPair(pair: string, entries: ReadonlyMap<string, Entry>, values: Values, gathered: Gathered): boolean {
  const at = indexOr(pair, "=", 0);
  const written = pair.slice(0, at);
  const entry = entries.get(written) ?? findEntry(entries, written);
  if (entry === undefined) return false;
  const raw = pair.slice(at + 1);
  if (typeof entry === "object" && entry.kind === "one") {
    const value = entry.name in values ? undefined : entry.read(raw);
    values[entry.name] = value;
    return value !== undefined;
  }
  const text = decodeFormText(raw);
  if (text === undefined) return false;
  const texts = gathered.get(entry);
  if (texts === undefined) gathered.set(entry, [text]);
  else texts.push(text);
  return true;
}

/** The entry of a name that is encoded, or the decoded name itself if it has brackets. */
function findEntry(entries: ReadonlyMap<string, Entry>, written: string): Entry | string | undefined {
  const name = decodeFormText(written);
  if (name === undefined) return undefined;
  return entries.get(name) ?? (name.includes("[") ? name : undefined);
}

/** Returns false if something may be invalid. */
function addGathered(values: Values, gathered: Gathered, structures: ReadonlyMap<string, Convert>): boolean {
  const bracketed: Bracketed[] = [];
  const objects = new Map<string, Record<string, unknown>>();
  for (const [entry, texts] of gathered) {
    if (typeof entry === "string") bracketed.push([entry, texts]);
    else if (entry.kind === "property") {
      if (texts.length === 1 && texts[0] === "") return false;
      const object = objects.get(entry.of) ?? {};
      object[entry.name] = entry.isList || texts.length > 1 ? texts : texts[0];
      objects.set(entry.of, object);
    } else {
      const value = entry.read(texts);
      if (value === undefined) return false;
      values[entry.name] = value;
    }
  }
  const combined = nestBrackets(bracketed);
  if (combined === undefined) return false;
  return [...objects, ...Object.entries(combined)].every(([name, structure]) => {
    const value = name in values ? undefined : structures.get(name)?.(structure);
    values[name] = value;
    return value !== undefined;
  });
}
