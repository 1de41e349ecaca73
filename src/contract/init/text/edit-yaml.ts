import {
  Document,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  type Pair,
  parseDocument,
  visit,
  type YAMLMap,
} from "yaml";
import type { Difference, Edit } from "./differences.ts";

/** The edits that write `differences` into a YAML text, in its own style; undefined where that cannot be done. */
export function yamlEdits(text: string, differences: readonly Difference[]): readonly Edit[] | undefined {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "error" });
  const edits: (Edit | undefined)[] = [];
  for (const group of Map.groupBy(differences, ({ holder }) => JSON.stringify(holder)).values()) {
    const holder = group[0]?.holder ?? [];
    const map = holder.length === 0 ? document.contents : document.getIn(holder, true);
    if (!isMap(map)) return undefined;
    const added = group.filter(({ isNew }) => isNew);
    if (added.length > 0) {
      const parent = holder.length === 0 ? undefined : pairAt(document.getIn(holder.slice(0, -1), true), holder.at(-1));
      edits.push(map.flow ? intoFlow(map, added) : intoBlock(text, map, parent, added));
    }
    for (const changed of group.filter(({ isNew }) => !isNew)) edits.push(replacement(text, map, changed));
  }
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

function pairAt(map: unknown, key: unknown): Pair | undefined {
  const root = map instanceof Document ? map.contents : map;
  return isMap(root) ? root.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === key) : undefined;
}

function intoFlow(map: YAMLMap, added: readonly Difference[]): Edit | undefined {
  const texts = added.map(({ key, value }) => flowEntry(key, value)).join(", ");
  const last = map.items.at(-1);
  const at = last === undefined ? (map.range?.[0] ?? -1) + 1 : endOf(last);
  return at === undefined || at <= 0 ? undefined : { start: at, end: at, text: last ? `, ${texts}` : ` ${texts} ` };
}

/**
 * New entries go below the first entries that take one line each; where there are none, to the top. At the root they go
 * to the end.
 */
function intoBlock(text: string, map: YAMLMap, parent: Pair | undefined, added: readonly Difference[]) {
  const first = map.items[0];
  const start = first === undefined ? undefined : startOf(first);
  const isRoot = parent === undefined;
  const at = isRoot ? text.trimEnd().length : lineEnd(text, placeBelow(text, map) ?? endOfKey(parent));
  if (start === undefined || at === undefined) return undefined;
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const newline = text.includes("\r\n") ? "\r\n" : "\n";
  const lines = added.flatMap(({ key, value }) => blockEntry(key, value));
  return { start: at, end: at, text: lines.map((line) => `${newline}${indent}${line}`).join("") };
}

function placeBelow(text: string, map: YAMLMap): number | undefined {
  let end: number | undefined;
  for (const pair of map.items) {
    const [from, to] = [startOf(pair), endOf(pair)];
    if (from === undefined || to === undefined || text.slice(from, to).includes("\n")) break;
    end = to;
  }
  return end;
}

function replacement(text: string, map: YAMLMap, { key, value }: Difference): Edit | undefined {
  const pair = pairAt(map, key);
  if (pair === undefined) return undefined;
  const keyEnd = endOfKey(pair);
  const colon = keyEnd === undefined ? -1 : text.indexOf(":", keyEnd);
  const end = endOf(pair);
  if (colon < 0 || end === undefined) return undefined;
  return { start: colon + 1, end: Math.max(end, colon + 1), text: ` ${flowText(value)}` };
}

function startOf({ key }: Pair): number | undefined {
  return isNode(key) ? key.range?.[0] : undefined;
}

function endOfKey({ key }: Pair): number | undefined {
  return isNode(key) ? key.range?.[1] : undefined;
}

/** The position after the last character of a pair; the range of a block collection also has comments and lines below. */
function endOf(pair: Pair): number | undefined {
  const { value } = pair;
  if (isCollection(value) && !value.flow) {
    const last = value.items.at(-1);
    if (isPair(last)) return endOf(last);
    return isCollection(last) && !last.flow ? endOfItems(last) : isNode(last) ? last.range?.[1] : undefined;
  }
  if (!isNode(value) || value.range == null) return endOfKey(pair);
  // An empty value begins after the colon.
  return Math.max(value.range[1], endOfKey(pair) ?? 0);
}

function endOfItems(collection: { readonly items: readonly unknown[] }): number | undefined {
  const last = collection.items.at(-1);
  if (isPair(last)) return endOf(last);
  if (isCollection(last) && !last.flow) return endOfItems(last);
  return isNode(last) ? last.range?.[1] : undefined;
}

function lineEnd(text: string, at: number | undefined): number | undefined {
  if (at === undefined) return undefined;
  const end = text.indexOf("\n", at);
  if (end < 0) return text.length;
  return text[end - 1] === "\r" ? end - 1 : end;
}

const ONE_LINE = { lineWidth: 0, flowCollectionPadding: false };

/** The longest collection that is written on one line. */
const LONGEST_LINE = 100;

function blockEntry(key: string, value: unknown): readonly string[] {
  const document = new Document({ [key]: value });
  visit(document, {
    Collection: (_key, node, path) => {
      if (path.length > 1 && JSON.stringify(node).length <= LONGEST_LINE) node.flow = true;
    },
  });
  return document.toString(ONE_LINE).trimEnd().split("\n");
}

function flowEntry(key: string, value: unknown): string {
  return flowText({ [key]: value }).slice(1, -1);
}

function flowText(value: unknown): string {
  const document = new Document(value);
  if (isCollection(document.contents)) document.contents.flow = true;
  return document.toString(ONE_LINE).trimEnd().replaceAll(/\n\s*/g, " ");
}
