import type { Pointer } from "../document/finding.ts";
import { isRecord } from "../document/json.ts";
import type { LoadedDocument } from "../document/load.ts";
import type { FoundOperation, Outline } from "./outline.ts";

/** A part of an operation that a request can violate. */
export type Aspect = "operation" | "security" | "limits" | "body" | "parameters";

/** The lines of the contract's file that declare each operation. */
export type SourceLines = {
  /**
   * @param part for `parameters`: one parameter, such as `query/limit`.
   * @returns a 1-based line; that of the operation when it does not declare the aspect itself; 0 for an unknown
   * operation.
   */
  readonly lineOf: (operationId: string, aspect: Aspect, part?: string) => number;
  /** The line of the plans; line 1 where there are none. */
  readonly plansLine: number;
};

/** The lines behind `SourceLines`, as JSON: by operationId and aspect, and for the plans by `PLANS`. */
export type LineTable = Readonly<Record<string, number>>;

const PLANS = "x-latchkey plans";

/** Looks up every line at once, so that the syntax tree behind `lineOf` need not be kept. */
export function findLines({ operations }: Outline, lineOf: LoadedDocument["lineOf"]): LineTable {
  const ofOperations = operations.flatMap((found) =>
    placesOf(found).map(([aspect, place]) => [`${found.id} ${aspect}`, lineOf(place)] as const),
  );
  return Object.fromEntries([...ofOperations, [PLANS, lineOf(["x-latchkey", "plans"])]]);
}

export function toSourceLines(table: LineTable): SourceLines {
  const lines = new Map(Object.entries(table));
  return {
    plansLine: lines.get(PLANS) ?? 1,
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
    // An operation without limits of its own has those of the plans.
    ["limits", hasLimits ? [...pointer, "x-latchkey"] : ["x-latchkey", "plans"]],
    ...(has("requestBody") ? [["body", [...pointer, "requestBody"]] as const] : []),
    ...parameterPlaces,
  ];
}
