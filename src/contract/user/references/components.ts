import { basename, extname } from "node:path";
import type { Pointer } from "../../document/finding.ts";
import { asRecord, isRecord, type JsonObject } from "../../document/json.ts";
import { componentsOf, type Kind } from "../../document/object-kinds.ts";
import { type FindTarget, type Spot, spotName, type Target } from "./find-target.ts";
import type { Placements } from "./placements.ts";
import { ReferenceRefused, type SourceFile } from "./source-files.ts";

/** Something to copy: where it is, and where its copy goes. */
export type Part = { readonly value: unknown; readonly spot: Spot; readonly at: Pointer; readonly kind: Kind };

/** The components of a bundled document. */
export type Components = {
  /** Where `target` is in the document; undefined for what cannot be a component. */
  readonly placeOf: (target: Target, kind: Kind) => Pointer | undefined;
  /** What a component of the contract refers to in another file, and is replaced by. */
  readonly replacementOf: (at: Pointer) => Target | undefined;
  /** The components that have to be copied, also those that are added while others are copied. */
  readonly added: () => Generator<Part>;
};

export function createComponents(contract: SourceFile, findTarget: FindTarget, placements: Placements): Components {
  const own = asRecord(asRecord(contract.content)["components"]);
  const replacements = replacementsIn(contract, own, findTarget);
  const places = new Map<string, Pointer>(
    [...replacements].map(([at, target]) => [spotName(target), at.split("\0")] as const),
  );
  const taken = new Map<string, Set<string>>();
  const waiting: Part[] = [];

  const freeName = (list: string, wanted: string): string => {
    const names = taken.get(list) ?? new Set(Object.keys(asRecord(own[list])));
    taken.set(list, names);
    let name = wanted;
    for (let count = 2; names.has(name); count++) name = `${wanted}${count}`;
    names.add(name);
    return name;
  };

  return {
    placeOf: (target, kind) => {
      const known = places.get(spotName(target));
      if (known !== undefined) return known;
      if (target.file === contract) return target.place;
      const list = componentsOf(kind);
      if (list === undefined) return undefined;
      const at = ["components", list, freeName(list, nameFor(target))];
      places.set(spotName(target), at);
      placements.add(at, target);
      waiting.push({ value: target.value, spot: target, at, kind });
      return at;
    },
    replacementOf: (at) => replacements.get(at.join("\0")),
    *added() {
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) yield part;
    },
  };
}

/** The components of the contract that only refer to another file, by their places. */
function replacementsIn(contract: SourceFile, own: JsonObject, findTarget: FindTarget): ReadonlyMap<string, Target> {
  const found = new Map<string, Target>();
  const known = new Set<string>();
  for (const [list, entries] of Object.entries(own)) {
    for (const [name, entry] of Object.entries(asRecord(entries))) {
      const place = ["components", list, name];
      const target = isRecord(entry) ? targetOf(entry, { file: contract, place }, findTarget) : undefined;
      if (target === undefined || known.has(spotName(target))) continue;
      known.add(spotName(target));
      found.set(place.join("\0"), target);
    }
  }
  return found;
}

/** Undefined for an entry that does not only refer to another file. */
function targetOf({ $ref, ...others }: JsonObject, spot: Spot, findTarget: FindTarget): Target | undefined {
  if (typeof $ref !== "string" || $ref.startsWith("#") || Object.keys(others).length > 0) return undefined;
  try {
    const target = findTarget($ref, spot);
    return target.file === spot.file ? undefined : target;
  } catch (error) {
    // It is reported where the entry is copied.
    if (error instanceof ReferenceRefused) return undefined;
    throw error;
  }
}

/** The last step to it, or else the name of its file. */
function nameFor({ file, place }: Target): string {
  const path = decodeURIComponent(new URL(file.url).pathname);
  const name = String(place.at(-1) ?? basename(path, extname(path)));
  return name.replaceAll(/[^A-Za-z0-9._-]/g, "_") || "_";
}
