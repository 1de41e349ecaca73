import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from "yaml";
import type { Finding, Pointer } from "./finding.ts";
import { asRecord, type JsonObject } from "./json.ts";

export type Contract = {
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
export function loadContract(path: string | URL): Contract {
  const text = readText(path);
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines, logLevel: "error" });
  if (parsed.errors.length > 0) {
    throw new ContractUnreadable(
      path,
      parsed.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        message: error.message.split("\n", 1)[0] ?? error.code,
      })),
    );
  }

  const strayed = strayAliases(parsed, lines);
  if (strayed.length > 0) throw new ContractUnreadable(path, strayed);

  const lineOf = (pointer: Pointer) => {
    let node: unknown = parsed.contents;
    let offset = 0;
    for (const step of pointer) {
      const pair = isMap(node)
        ? node.items.find((item) => isScalar(item.key) && String(item.key.value) === step)
        : undefined;
      const next = pair ?? (isMap(node) ? undefined : parsedChild(node, step));
      if (next === undefined) break;
      offset = (isPair(next) ? rangeStart(next.key) : rangeStart(next)) ?? offset;
      node = isPair(next) ? next.value : next;
    }
    return lines.linePos(offset).line;
  };
  return { document: toDocument(parsed, path), text, lineOf };
}

/** Aliases that name no anchor before them, or one that they are part of: the document would have no end. */
function strayAliases(parsed: Document, lines: LineCounter): readonly Finding[] {
  const findings: Finding[] = [];
  // Of several anchors of one name the last one counts. Kept here, because asking an alias walks the whole document.
  const anchors = new Map<string, Node>();
  visit(parsed, {
    Value: (_key, node) => {
      if (node.anchor !== undefined) anchors.set(node.anchor, node);
    },
    Alias: (_key, alias) => {
      const at = rangeStart(alias) ?? 0;
      const target = anchors.get(alias.source);
      if (target !== undefined && at >= (target.range?.[1] ?? 0)) return;
      findings.push({
        line: lines.linePos(at).line,
        message: `the alias *${alias.source} does not follow a finished anchor &${alias.source}: correct its name, or move it`,
      });
    },
  });
  return findings;
}

function toDocument(parsed: Document, path: string | URL): JsonObject {
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

function readText(path: string | URL): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ContractUnreadable(path, [{ line: 1, message: `cannot open ${path} (${code})` }], { cause });
  }
}

function parsedChild(node: unknown, step: string | number): unknown {
  const items = (node as { readonly items?: readonly unknown[] } | null)?.items;
  return typeof step === "number" ? items?.[step] : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | null)?.range?.[0];
}
