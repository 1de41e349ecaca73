import { fileURLToPath } from "node:url";
import { type Document, isMap, isPair, isScalar, type Pair, type YAMLMap } from "yaml";
import type { Finding, Pointer } from "./finding.ts";
import { asRecord, type JsonObject } from "./json.ts";
import { isTooLarge, parseText } from "./parse-text.ts";
import { readText, TextUnreadable } from "./read-text.ts";

export type LoadedDocument = {
  /** The OpenAPI document, as yet unchecked. */
  readonly document: JsonObject;
  /** The file as it stands, YAML or JSON. */
  readonly text: string;
  /** The 1-based line of `pointer`, or of the nearest thing around it that exists. */
  readonly lineOf: (pointer: Pointer) => number;
};

/** The file is no YAML or JSON at all; `findings` say where it breaks. */
export class ContractUnreadable extends Error {
  readonly file: string;
  readonly findings: readonly Finding[];

  constructor(file: string | URL, findings: readonly Finding[], options?: ErrorOptions) {
    super("The contract cannot be read.", options);
    this.file = toPath(file);
    this.findings = findings;
  }
}

/**
 * Reads an OpenAPI document, YAML or JSON.
 * @throws ContractUnreadable when there is no such file, or its syntax is broken.
 */
export function loadDocument(path: string | URL): LoadedDocument {
  const text = readOrFail(path);
  const parsed = parseText(text);
  if (parsed.kind === "broken") throw new ContractUnreadable(path, parsed.findings);
  const { document, lines } = parsed;
  const pairOf = pairFinder();
  const lineOf = (pointer: Pointer) => {
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
  return { document: toDocument(document, path), text, lineOf };
}

/** Finds what stands under a key, however many keys there are. */
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

function toDocument(parsed: Document, path: string | URL): JsonObject {
  const document = unfolded(parsed, path);
  if (!isTooLarge(document)) return document;
  throw new ContractUnreadable(path, [{ line: 1, message: "its aliases unfold to too much: write $ref instead" }]);
}

function unfolded(parsed: Document, path: string | URL): JsonObject {
  try {
    return asRecord(parsed.toJS({ maxAliasCount: MOST_ALIASES }));
  } catch (cause) {
    const message = `its aliases unfold to more than ${MOST_ALIASES} copies: write $ref instead`;
    throw new ContractUnreadable(path, [{ line: 1, message }], { cause });
  }
}

function toPath(file: string | URL): string {
  return file instanceof URL ? fileURLToPath(file) : file;
}

/** A few lines of aliases of aliases could otherwise fill the memory. */
const MOST_ALIASES = 1000;

function readOrFail(path: string | URL): string {
  try {
    return readText(path);
  } catch (cause) {
    if (!(cause instanceof TextUnreadable)) throw cause;
    throw new ContractUnreadable(path, [{ line: 1, message: cause.message }], { cause });
  }
}

function parsedChild(node: unknown, step: string | number): unknown {
  const items = (node as { readonly items?: readonly unknown[] } | null)?.items;
  return typeof step === "number" ? items?.[step] : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | null)?.range?.[0];
}
