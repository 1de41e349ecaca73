import { readFileSync } from "node:fs";
import { isMap, isPair, isScalar, LineCounter, parseDocument } from "yaml";
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
  readonly findings: readonly Finding[];

  constructor(findings: readonly Finding[], options?: ErrorOptions) {
    super("The contract cannot be read.", options);
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
  const parsed = parseDocument(text, { lineCounter: lines });
  if (parsed.errors.length > 0) {
    throw new ContractUnreadable(
      parsed.errors.map((error) => ({
        line: lines.linePos(error.pos[0]).line,
        message: error.message.split("\n", 1)[0] ?? error.code,
      })),
    );
  }

  const lineOf = (pointer: Pointer) => {
    let node: unknown = parsed.contents;
    let offset = 0;
    for (const step of pointer) {
      const pair = isMap(node) ? node.items.find((item) => isScalar(item.key) && item.key.value === step) : undefined;
      const next = pair ?? (isMap(node) ? undefined : parsedChild(node, step));
      if (next === undefined) break;
      offset = (isPair(next) ? rangeStart(next.key) : rangeStart(next)) ?? offset;
      node = isPair(next) ? next.value : next;
    }
    return lines.linePos(offset).line;
  };
  return { document: asRecord(parsed.toJS({ maxAliasCount: 1000 })), text, lineOf };
}

function readText(path: string | URL): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new ContractUnreadable([{ line: 1, message: `cannot open ${path} (${code})` }], { cause });
  }
}

function parsedChild(node: unknown, step: string | number): unknown {
  const items = (node as { readonly items?: readonly unknown[] } | null)?.items;
  return typeof step === "number" ? items?.[step] : undefined;
}

function rangeStart(node: unknown): number | undefined {
  return (node as { readonly range?: readonly number[] } | null)?.range?.[0];
}
