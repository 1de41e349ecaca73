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
  const own = ownComponents(contract, findTarget);
  const replacements = replacementsIn(own, findTarget);
  const places = new Map<string, Pointer>([
    ...own.map(({ spot, at }) => [spotName(spot), at] as const),
    ...[...replacements.values()].map(({ target, at }) => [spotName(target), at] as const),
  ]);
  const names = Map.groupBy(own, ({ at: [, list] }) => list);
  const taken = new Map<string, Set<string>>();
  const waiting: Part[] = [];

  const freeName = (list: string, wanted: string): string => {
    const used = taken.get(list) ?? new Set(names.get(list)?.map(({ at: [, , name] }) => name));
    taken.set(list, used);
    let name = wanted;
    for (let count = 2; used.has(name); count++) name = `${wanted}${count}`;
    used.add(name);
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
    replacementOf: (at) => replacements.get(at.join("\0"))?.target,
    *added() {
      for (let part = waiting.shift(); part !== undefined; part = waiting.shift()) yield part;
    },
  };
}

/** A component that the contract names itself, and where it is written. */
type OwnComponent = { readonly at: readonly [string, string, string]; readonly spot: Spot; readonly value: unknown };

/** The components of the contract. Their lists, and all of them, may be in other files. */
function ownComponents(contract: SourceFile, findTarget: FindTarget): readonly OwnComponent[] {
  const { components } = asRecord(contract.content);
  const lists = entriesOf({ file: contract, place: ["components"], value: components }, findTarget);
  return lists.flatMap((list) =>
    entriesOf(list, findTarget).map(({ name, ...target }) => {
      const { file, place, value } = target;
      return { at: ["components", list.name, name] as const, spot: { file, place }, value };
    }),
  );
}

function entriesOf(holder: Target, findTarget: FindTarget): readonly (Target & { readonly name: string })[] {
  const { $ref } = asRecord(holder.value);
  const target = typeof $ref === "string" ? attempt(() => findTarget($ref, holder)) : undefined;
  const { file, place, value } = target ?? holder;
  return Object.entries(asRecord(value)).map(([name, one]) => ({ name, file, place: [...place, name], value: one }));
}

type Replaced = { readonly target: Target; readonly at: Pointer };

/** The components that only refer to another file, by their places. */
function replacementsIn(own: readonly OwnComponent[], findTarget: FindTarget): ReadonlyMap<string, Replaced> {
  const found = new Map<string, Replaced>();
  const known = new Set(own.map(({ spot }) => spotName(spot)));
  for (const { at, spot, value } of own) {
    const target = isRecord(value) ? targetOf(value, spot, findTarget) : undefined;
    if (target === undefined || known.has(spotName(target))) continue;
    known.add(spotName(target));
    found.set(at.join("\0"), { target, at });
  }
  return found;
}

/** Undefined for an entry that does not only refer to another file. */
function targetOf({ $ref, ...others }: JsonObject, spot: Spot, findTarget: FindTarget): Target | undefined {
  if (typeof $ref !== "string" || $ref.startsWith("#") || Object.keys(others).length > 0) return undefined;
  const target = attempt(() => findTarget($ref, spot));
  return target?.file === spot.file ? undefined : target;
}

/** Undefined where a reference is refused, which is reported where it is copied. */
function attempt(find: () => Target): Target | undefined {
  try {
    return find();
  } catch (error) {
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
