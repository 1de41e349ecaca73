import type { Pointer } from "../document/finding.ts";
import { isRecord, type JsonObject } from "../document/json.ts";
import type { LoadedDocument } from "../document/load.ts";
import { type FoundOperation, operationsIn, parametersOf } from "./operations.ts";

/** What of an operation asks for something. */
export type Aspect = "operation" | "security" | "limits" | "body" | "parameters";

/** Where in the contract's file each operation asks for what it asks for. */
export type SourceLines = {
  /**
   * @param part the one parameter that is meant, such as `query/limit`.
   * @returns a line, 1-based; the operation's own where it does not say it itself; 0 where there is no such operation.
   */
  readonly lineOf: (operationId: string, aspect: Aspect, part?: string) => number;
};

/** Everything is looked up once: the parsed file, which knows, is not to be kept. */
export function toSourceLines({ document, lineOf }: LoadedDocument): SourceLines {
  const lines = new Map<string, number>();
  for (const found of operationsIn(document)) {
    const id = String(found.operation["operationId"]);
    for (const [aspect, place] of placesOf(document, found)) lines.set(`${id} ${aspect}`, lineOf(place));
  }
  return {
    lineOf: (id, aspect, part) =>
      lines.get(`${id} ${aspect}/${part?.toLowerCase()}`) ??
      lines.get(`${id} ${aspect}`) ??
      lines.get(`${id} operation`) ??
      0,
  };
}

function placesOf(document: JsonObject, found: FoundOperation): readonly (readonly [string, Pointer])[] {
  const { operation, pointer } = found;
  const has = (name: string) => operation[name] !== undefined;
  const own = isRecord(operation["x-latchkey"]) ? operation["x-latchkey"] : {};
  const hasLimits = own["limits"] !== undefined || own["cost"] !== undefined;
  const parameters = parametersOf(document, found).map(
    ({ parameter, place }) =>
      [`parameters/${parameter["in"]}/${String(parameter["name"]).toLowerCase()}`, place] as const,
  );
  return [
    ["operation", pointer],
    ["security", has("security") ? [...pointer, "security"] : ["security"]],
    // What the operation does not say is in the plans.
    ["limits", hasLimits ? [...pointer, "x-latchkey"] : ["x-latchkey", "plans"]],
    ...(has("requestBody") ? [["body", [...pointer, "requestBody"]] as const] : []),
    ...parameters,
  ];
}
