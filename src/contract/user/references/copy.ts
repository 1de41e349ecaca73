import { asList, asRecord, isRecord, type JsonObject, toReference } from "../../document/json.ts";
import { type Kind, kindOfChild } from "../../document/object-kinds.ts";
import type { Components, Part } from "./components.ts";
import { type FindTarget, type Spot, spotName, type Target } from "./find-target.ts";
import type { Placements } from "./placements.ts";
import { ReferenceRefused } from "./source-files.ts";

export type Copying = {
  readonly findTarget: FindTarget;
  readonly components: Components;
  readonly placements: Placements;
  readonly report: (from: Spot, refused: ReferenceRefused) => void;
  /** Whether it depends on the value which schema a dynamic reference leads to. */
  readonly isDynamic: boolean;
  /** The targets that are being copied to where they are referred to: one inside itself would have no end. */
  readonly inside: Set<string>;
};

/**
 * Copies a part of a contract, with pointers into the copy for references. What a reference leads to becomes a component;
 * what cannot be one, such as a path item, is copied to where the reference is.
 */
export function copyPart(copying: Copying, part: Part): unknown {
  const { value, kind } = part;
  if (kind === "data") return value;
  if (Array.isArray(value)) return value.map((item, index) => copyPart(copying, childOf(part, index, item)));
  if (!isRecord(value)) return value;
  const replacement = copying.components.replacementOf(part.at);
  if (replacement !== undefined && value !== replacement.value) return copyHere(copying, part, replacement, {});
  if (kind === "schema") return copySchema(copying, part, value);
  const { $ref, ...siblings } = value;
  return typeof $ref === "string" ? copyReference(copying, part, $ref, siblings) : copyObject(copying, part, value);
}

function childOf({ spot, at, kind }: Part, step: string | number, value: unknown): Part {
  const place = [...spot.place, step];
  return { value, spot: { file: spot.file, place }, at: [...at, step], kind: kindOfChild(kind, step) };
}

function copyObject(copying: Copying, part: Part, value: JsonObject): JsonObject {
  const entries = Object.entries(value).map(([name, one]) => [name, copyPart(copying, childOf(part, name, one))]);
  return Object.fromEntries(entries);
}

/** Without the names of schemas, which are not needed any more: each reference is a pointer. */
function copySchema(copying: Copying, part: Part, schema: JsonObject): JsonObject {
  const { $id, $anchor: _, $dynamicAnchor, $ref, $dynamicRef, discriminator, ...rest } = schema;
  const copy = copyObject(copying, part, rest);
  const names = { ...($id !== undefined && { $id }), ...($dynamicAnchor !== undefined && { $dynamicAnchor }) };
  const reference = typeof $ref === "string" ? referenceTo(copying, part, $ref) : $ref;
  return {
    ...(copying.isDynamic && names),
    ...copy,
    ...(reference !== undefined && { $ref: reference }),
    ...(typeof $dynamicRef === "string" && copyDynamic(copying, part, $dynamicRef, { ...copy, $ref: reference })),
    ...(discriminator !== undefined && { discriminator: copyDiscriminator(copying, part, discriminator) }),
  };
}

/** A pointer to a schema; the reference as written where it leads nowhere. */
function referenceTo(copying: Copying, part: Part, reference: string): string {
  const target = find(copying, part, reference);
  const place = target && copying.components.placeOf(target, "schema");
  return place === undefined ? reference : toReference(place);
}

function copyDynamic(copying: Copying, part: Part, reference: string, { $ref, allOf }: JsonObject): JsonObject {
  const target = find(copying, part, reference);
  const { $dynamicAnchor } = asRecord(target?.value);
  const pointer = referenceTo(copying, part, reference);
  // Otherwise it is an ordinary reference (JSON Schema Core 2020-12 §8.2.3.2).
  const isDynamic = copying.isDynamic && reference.endsWith(`#${$dynamicAnchor}`);
  if (isDynamic) return { $dynamicRef: pointer };
  return $ref === undefined ? { $ref: pointer } : { allOf: [...asList(allOf), { $ref: pointer }] };
}

/** The targets of a mapping are names of components, or references. */
function copyDiscriminator(copying: Copying, part: Part, discriminator: unknown): unknown {
  if (!isRecord(discriminator) || !isRecord(discriminator["mapping"])) return discriminator;
  const mapping = Object.entries(discriminator["mapping"]).map(([option, target]) => {
    const isReference = typeof target === "string" && /[#/]|\.(?:ya?ml|json)$/.test(target);
    return [option, isReference ? referenceTo(copying, part, target) : target];
  });
  return { ...discriminator, mapping: Object.fromEntries(mapping) };
}

function copyReference(copying: Copying, part: Part, reference: string, siblings: JsonObject): unknown {
  const target = find(copying, part, reference);
  if (target === undefined) return part.value;
  const place = copying.components.placeOf(target, part.kind);
  if (place !== undefined) return { ...copyObject(copying, part, siblings), $ref: toReference(place) };
  return copyHere(copying, part, target, siblings);
}

function copyHere(copying: Copying, part: Part, target: Target, siblings: JsonObject): unknown {
  const name = spotName(target);
  if (copying.inside.has(name)) {
    copying.report(part.spot, new ReferenceRefused("this reference leads to itself: remove it"));
    return {};
  }
  copying.inside.add(name);
  copying.placements.add(part.at, target);
  const whole = copyPart(copying, { ...part, value: target.value, spot: target });
  copying.inside.delete(name);
  if (!isRecord(whole)) return whole;
  for (const sibling of Object.keys(siblings)) {
    const place = [...part.spot.place, sibling];
    copying.placements.add([...part.at, sibling], { file: part.spot.file, place });
  }
  return { ...whole, ...copyObject(copying, part, siblings) };
}

/** Undefined after a report, and for a reference in a place where it may mean anything. */
function find({ findTarget, report }: Copying, { spot, kind }: Part, reference: string): Target | undefined {
  try {
    return findTarget(reference, spot);
  } catch (error) {
    if (!(error instanceof ReferenceRefused)) throw error;
    // The checks find a pointer of the contract itself that leads nowhere, with all else that is wrong.
    const isChecked = spot.file.name === undefined && reference.startsWith("#/");
    if (!isChecked && (!isFree(kind) || reference.startsWith(".")))
      report({ file: spot.file, place: [...spot.place, "$ref"] }, error);
    return undefined;
  }
}

function isFree(kind: Kind): boolean {
  return kind === "other";
}
