import { asList, asRecord, isRecord, type JsonObject, parsePointer } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";

/** How often one part of a value may be evaluated by functions that remember nothing. */
const MOST_EVALUATIONS = 1_000;

/**
 * Could functions that remember nothing evaluate a part of a value very often? The time then doubles with each level of a
 * value, or of the schema: two alternatives that both contain the whole, or `allOf: [A, A]` with `A: { allOf: [B, B] }`.
 */
export function evaluatesRepeatedly(document: OpenApiDocument, schema: unknown): boolean {
  const places = new Map<JsonObject, Place>();
  /** The targets that are being counted, outermost first; each can be reached from the ones before it. */
  const open: JsonObject[] = [];
  let isRepeated = false;

  /** Tarjan's algorithm: finds the targets that lead back to one another, and counts each when all it needs is known. */
  const visit = (target: JsonObject): Place => {
    const place: Place = { index: places.size, lowest: places.size, group: undefined, count: 0 };
    places.set(target, place);
    open.push(target);
    for (const next of targetsIn(document, target)) {
      const known = places.get(next) ?? visit(next);
      if (known.group === undefined) place.lowest = Math.min(place.lowest, known.lowest);
    }
    if (place.lowest === place.index) close(open.splice(open.indexOf(target)));
    return place;
  };
  const close = (group: readonly JsonObject[]) => {
    for (const one of group) Object.assign(places.get(one) ?? {}, { group: group[0] });
    const isCycle = (target: JsonObject) => places.get(target)?.group === group[0];
    for (const one of group) {
      // Twice on the way round is twice as often with each round.
      const rounds = countIn(document, one, (target) => (isCycle(target) ? 1 : 0));
      const count = 1 + countIn(document, one, (target) => (isCycle(target) ? 0 : (places.get(target)?.count ?? 0)));
      Object.assign(places.get(one) ?? {}, { count });
      isRepeated ||= rounds > 1 || count > MOST_EVALUATIONS;
    }
  };

  if (isRecord(schema)) visit(schema);
  return isRepeated;
}

type Place = { index: number; lowest: number; group: JsonObject | undefined; count: number };

/** What a schema refers to, without what that refers to. */
function targetsIn(document: OpenApiDocument, node: unknown): readonly JsonObject[] {
  if (typeof node !== "object" || node === null) return [];
  const target = isRecord(node) ? targetOf(document, node) : undefined;
  const inside = Object.values(node).flatMap((one) => targetsIn(document, one));
  return target === undefined ? inside : [target, ...inside];
}

function targetOf({ findAt }: OpenApiDocument, { $ref }: JsonObject): JsonObject | undefined {
  const target = typeof $ref === "string" && $ref.startsWith("#/") ? findAt(parsePointer($ref)) : undefined;
  return isRecord(target) ? target : undefined;
}

/** The sum of `countOf` over the targets that may evaluate one and the same part of a value. */
function countIn(document: OpenApiDocument, schema: unknown, countOf: (target: JsonObject) => number): number {
  if (!isRecord(schema)) return 0;
  const count = (one: unknown) => countIn(document, one, countOf);
  const sum = (parts: readonly unknown[]) => parts.reduce<number>((total, one) => total + count(one), 0);
  const most = (parts: readonly unknown[]) => parts.reduce<number>((highest, one) => Math.max(highest, count(one)), 0);
  const valuesOf = (word: string) => Object.values(asRecord(schema[word]));

  const target = targetOf(document, schema);
  const inPlace = [
    ...["allOf", "anyOf", "oneOf"].flatMap((word) => asList(schema[word])),
    ...["not", "if", "then", "else"].map((word) => schema[word]),
    ...[...valuesOf("dependentSchemas"), ...valuesOf("dependencies")],
  ];
  // A property has a schema of its own, or else the one of the others.
  const ofObject =
    most([...valuesOf("properties"), schema["additionalProperties"]]) +
    sum([...valuesOf("patternProperties"), schema["unevaluatedProperties"], schema["propertyNames"]]);
  const ofList =
    most([...asList(schema["prefixItems"]), schema["items"]]) + sum([schema["contains"], schema["unevaluatedItems"]]);
  return (target === undefined ? 0 : countOf(target)) + sum(inPlace) + Math.max(ofObject, ofList);
}
