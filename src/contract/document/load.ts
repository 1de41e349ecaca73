import { type Document, isMap, isNode, isPair, isScalar, isSeq, type Pair, type YAMLMap } from "yaml";
import { readText, TextUnreadable } from "../../lib/read-text.ts";
import { ContractUnreadable } from "./contract-unreadable.ts";
import type { Finding, Pointer } from "./finding.ts";
import { asRecord, type JsonObject } from "./json.ts";
import { parseJson } from "./parse-json.ts";
import { hasTooManyMarks, isTooLarge, MAX_ALIAS_COPIES, type ParsedText, parseText } from "./parse-text.ts";

/** Tells where the parts of a document are in its files. */
export type SourcePlaces = {
  /** The 1-based line of `pointer`, or of the nearest existing ancestor, in its file. */
  readonly lineOf: (pointer: Pointer) => number;
  /** The file of `pointer`, where that is not the contract's own. */
  readonly fileOf?: (pointer: Pointer) => string | undefined;
};

/** Where a finding about `pointer` is. */
export function sourcePlaceOf({ lineOf, fileOf }: SourcePlaces, pointer: Pointer): Pick<Finding, "file" | "line"> {
  const file = fileOf?.(pointer);
  return { ...(file !== undefined && { file }), line: lineOf(pointer) };
}

export type LoadedDocument = SourcePlaces & {
  /** The OpenAPI document, unchecked. */
  readonly document: JsonObject;
  /** The content of the file, YAML or JSON. */
  readonly text: string;
};

/** The content of a file, and the lines in it. */
export type LoadedValue = Pick<LoadedDocument, "lineOf"> & { readonly value: unknown };

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
  const { value, lineOf } = loadValue(text, path);
  return { document: asRecord(value), text, lineOf };
}

/**
 * Parses the text of a file, YAML or JSON.
 * @throws ContractUnreadable
 */
export function loadValue(text: string, path: string | URL): LoadedValue {
  const json = hasTooManyMarks(text) ? undefined : parseJson(text);
  const loaded = json === undefined ? parseYaml(text, path) : { value: json.document, lineOf: json.lineOf };
  if (isTooLarge(loaded.value)) {
    const message = "its aliases expand to too many values: use $ref instead";
    throw new ContractUnreadable(path, [{ line: 1, message }]);
  }
  return loaded;
}

function parseYaml(text: string, path: string | URL): LoadedValue {
  const parsed = parseText(text);
  if (parsed.kind === "broken") throw new ContractUnreadable(path, parsed.findings);
  return { value: expanded(parsed.document, path), lineOf: lineFinder(parsed) };
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
    return pairs.get(String(step));
  };
}

function expanded(parsed: Document, path: string | URL): unknown {
  try {
    return parsed.toJS({ maxAliasCount: MAX_ALIAS_COPIES });
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
  return isSeq(node) ? node.items[Number(step)] : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
