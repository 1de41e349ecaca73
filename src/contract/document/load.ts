import { type Document, isMap, isNode, isPair, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { ContractUnreadable } from "./contract-unreadable.ts";
import type { Pointer } from "./finding.ts";
import { asRecord, type JsonObject } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import { hasTooManyMarks, isTooLarge, MAX_ALIAS_COPIES, type ParsedText, parseText } from "./parse-text.ts";
import { readText, TextUnreadable } from "./read-text.ts";

export type LoadedDocument = {
  /** The OpenAPI document, unchecked. */
  readonly document: JsonObject;
  /** The content of the file, YAML or JSON. */
  readonly text: string;
  /** The 1-based line of `pointer`, or of the nearest existing ancestor. */
  readonly lineOf: (pointer: Pointer) => number;
};

/**
 * Loads an OpenAPI document, YAML or JSON.
 * @throws ContractUnreadable when the file does not exist, or its syntax is invalid.
 */
export function loadDocument(path: string | URL): LoadedDocument {
  return parseDocumentText(readOrFail(path), path);
}

/**
 * Parses the text of an OpenAPI document.
 * @param path what errors name.
 * @throws ContractUnreadable when its syntax is invalid.
 */
export function parseDocumentText(text: string, path: string | URL): LoadedDocument {
  const { document, lineOf } = (hasTooManyMarks(text) ? undefined : parseJson(text)) ?? parseYaml(text, path);
  if (isTooLarge(document)) {
    const message = "its aliases expand to too many values: use $ref instead";
    throw new ContractUnreadable(path, [{ line: 1, message }]);
  }
  return { document, text, lineOf };
}

function parseYaml(text: string, path: string | URL): Pick<LoadedDocument, "document" | "lineOf"> {
  const parsed = parseText(text);
  if (parsed.kind === "broken") throw new ContractUnreadable(path, parsed.findings);
  return { document: expanded(parsed.document, path), lineOf: lineFinder(parsed) };
}

function lineFinder({ document, lines }: Extract<ParsedText, { readonly kind: "parsed" }>): LoadedDocument["lineOf"] {
  const pairOf = pairFinder();
  return (pointer) => {
    let node: unknown = document.contents;
    let offset = 0;
    for (const step of pointer) {
      const pair = isMap(node) ? pairOf(node, step) : undefined;
      const next = pair ?? (isMap(node) ? undefined : parsedChild(node, step));
      if (next === undefined) break;
      offset = (isPair(next) ? rangeStart(next.key) : rangeStart(next)) ?? offset;
      node = isPair(next) ? next.value : next;
    }
    return lines.linePos(offset).line;
  };
}

/** Finds the entry of a key. It indexes each map once, because a map may have thousands of keys. */
function pairFinder() {
  const known = new WeakMap<YAMLMap, ReadonlyMap<unknown, Pair>>();
  return (map: YAMLMap, step: string | number): Pair | undefined => {
    const pairs =
      known.get(map) ??
      new Map(map.items.flatMap((item) => (isScalar(item.key) ? [[String(item.key.value), item] as const] : [])));
    known.set(map, pairs);
    return pairs.get(step);
  };
}

function expanded(parsed: Document, path: string | URL): JsonObject {
  try {
    return asRecord(parsed.toJS({ maxAliasCount: MAX_ALIAS_COPIES }));
  } catch (cause) {
    const message = `its aliases expand to more than ${MAX_ALIAS_COPIES} copies: use $ref instead`;
    throw new ContractUnreadable(path, [{ line: 1, message }], { cause });
  }
}

function readOrFail(path: string | URL): string {
  try {
    return readText(path);
  } catch (cause) {
    if (!(cause instanceof TextUnreadable)) throw cause;
    throw new ContractUnreadable(path, [{ line: 1, message: cause.message }], { cause });
  }
}

function parsedChild(node: unknown, step: string | number): unknown {
  return isSeq(node) && typeof step === "number" ? node.items[step] : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
