import type { Pointer } from "../../document/finding.ts";
import type { Spot } from "./find-target.ts";
import type { SourceFile } from "./source-files.ts";

/** Remembers where the parts of a bundled document come from. */
export type Placements = {
  /** What is at `pointer` of the bundled document was at `spot`. */
  readonly add: (pointer: Pointer, spot: Spot) => void;
  readonly lineOf: (pointer: Pointer) => number;
  readonly fileOf: (pointer: Pointer) => string | undefined;
};

export function toPlacements(contract: SourceFile): Placements {
  const spots = new Map<string, Spot>([[nameOf([]), { file: contract, place: [] }]]);
  const find = (pointer: Pointer): Spot => {
    for (let length = pointer.length; length > 0; length--) {
      const spot = spots.get(nameOf(pointer.slice(0, length)));
      if (spot !== undefined) return { file: spot.file, place: [...spot.place, ...pointer.slice(length)] };
    }
    return { file: contract, place: pointer };
  };
  return {
    add: (pointer, spot) => void spots.set(nameOf(pointer), spot),
    lineOf: (pointer) => {
      const { file, place } = find(pointer);
      return file.lineOf(place);
    },
    fileOf: (pointer) => find(pointer).file.name,
  };
}

function nameOf(pointer: Pointer): string {
  return JSON.stringify(pointer.map(String));
}
