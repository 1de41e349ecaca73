import type { Pointer } from "../document/finding.ts";
import { isRecord } from "../document/json.ts";
import type { LoadedDocument } from "../document/load.ts";
import type { FoundOperation, Outline } from "./outline.ts";

/** What of an operation asks for something. */
export type Aspect = "operation" | "security" | "limits" | "body" | "parameters";

/** Where in the contract's file each operation asks for what it asks for. */
export type SourceLines = {
  /**
   * @param part the one parameter that is meant, such as `query/limit`.
   * @returns a line, 1-based; the operation's own where it does not say it itself; 0 where there is no such operation.
   */
  readonly lineOf: (operationId: string, aspect: Aspect, part?: string) => number;
  /** The line of the plans; line 1 where there are none. */
  readonly plansLine: number;
};

/** Looks up every line at once, so that the syntax tree behind `lineOf` need not be kept. */
export function toSourceLines({ operations }: Outline, lineOf: LoadedDocument["lineOf"]): SourceLines {
  const lines = new Map<string, number>();
  for (const found of operations) {
    for (const [aspect, place] of placesOf(found)) lines.set(`${found.id} ${aspect}`, lineOf(place));
  }
  return {
    plansLine: lineOf(["x-latchkey", "plans"]),
    lineOf: (id, aspect, part) =>
      lines.get(`${id} ${aspect}/${part?.toLowerCase()}`) ??
      lines.get(`${id} ${aspect}`) ??
      lines.get(`${id} operation`) ??
      0,
  };
}

function placesOf({ operation, pointer, parameters }: FoundOperation): readonly (readonly [string, Pointer])[] {
  const has = (name: string) => operation[name] !== undefined;
  const own = isRecord(operation["x-latchkey"]) ? operation["x-latchkey"] : {};
  const hasLimits = own["limits"] !== undefined || own["cost"] !== undefined;
  const parameterPlaces = parameters.map(
    ({ parameter, place }) =>
      [`parameters/${parameter["in"]}/${String(parameter["name"]).toLowerCase()}`, place] as const,
  );
  return [
    ["operation", pointer],
    ["security", has("security") ? [...pointer, "security"] : ["security"]],
    // What the operation does not say is in the plans.
    ["limits", hasLimits ? [...pointer, "x-latchkey"] : ["x-latchkey", "plans"]],
    ...(has("requestBody") ? [["body", [...pointer, "requestBody"]] as const] : []),
    ...parameterPlaces,
  ];
}
