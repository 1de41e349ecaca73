import type { InvalidPart } from "../../../problem/problem.ts";
import type { Violation } from "../schemas/compiled-schemas.ts";
import { type Absence, toAbsence } from "./absence.ts";
import type { Parameter, Place } from "./parameter.ts";
import type { Reader } from "./reader.ts";
import { Unreadable } from "./split.ts";
import type { Converter } from "./values/converter.ts";

type Values = Record<string, unknown>;

/** What a request has of each parameter in one place; undefined for one that is absent. */
export type Raws<Raw> = readonly (Raw | undefined)[];

/** Reads all parameters in one place. */
export type PlaceReader<Raw> = {
  /** The values by name; undefined when one does not match the contract. */
  readonly read: (raws: Raws<Raw>) => Values | undefined;
  /** What is wrong where `read` returns undefined. */
  readonly explain: (raws: Raws<Raw>) => readonly ParameterProblem[];
};

/** A parameter with what is compiled for it. */
export type Compiled = { readonly parameter: Parameter; readonly converter: Converter };

export function createPlaceReader<Raw>(
  all: readonly Compiled[],
  readerOf: (one: Compiled) => Reader<Raw>,
): PlaceReader<Raw> {
  const slots = all.map((one) => toSlot(one, readerOf(one)));
  return {
    read: (raws) => {
      // Without a prototype, as Node parses queries: a parameter may have any name.
      const values: Values = Object.create(null);
      return slots.every((slot, index) => readSlot(slot, raws[index], values)) ? values : undefined;
    },
    explain: (raws) =>
      slots.flatMap((slot, index) => {
        const raw = raws[index];
        if (readSlot(slot, raw, {})) return [];
        const { name, place } = slot;
        return toProblem(place, name, raw === undefined ? missing(name) : slot.reader.explain(raw));
      }),
  };
}

type Slot<Raw> = {
  readonly name: string;
  readonly place: Place;
  readonly absence: Absence;
  readonly allowsEmpty: boolean;
  readonly reader: Reader<Raw>;
};

function toSlot<Raw>({ parameter, converter }: Compiled, reader: Reader<Raw>): Slot<Raw> {
  const { name, in: place, allowsEmpty } = parameter;
  return { name, place, absence: toAbsence(parameter, converter), allowsEmpty, reader };
}

/** Returns false if the parameter does not match the contract. */
function readSlot<Raw>({ name, absence, allowsEmpty, reader }: Slot<Raw>, raw: Raw | undefined, values: Values) {
  if (raw === undefined) {
    if (absence.kind === "default") values[name] = absence.value();
    return absence.kind !== "refused";
  }
  const value = reader.read(raw);
  if (value !== undefined) values[name] = value;
  // An empty value that the schema does not allow means that the parameter is unused (OpenAPI 3.1.1 §4.8.12.2).
  return value !== undefined || (allowsEmpty && String(raw) === "");
}

/** Something wrong with a parameter, and a sentence about it. */
export type ParameterProblem = { readonly part: InvalidPart; readonly sentence: string };

function missing(name: string): Violation {
  return { path: "", detail: `must have required property '${name}'` };
}

/** @param name of the parameter; a caller may have made it up. */
export function toProblem(place: Place, name: string, violation: Violation | Unreadable): ParameterProblem {
  const detail = printable(violation.detail, 500);
  const [shown, path] = violation instanceof Unreadable ? [name, ""] : [name, violation.path];
  const pointer = printable(`#/${place}/${place === "header" ? shown.toLowerCase() : shown}${path}`, 200);
  const sentence =
    violation instanceof Unreadable
      ? `The parameter ${printable(name, 200)} ${detail}.`
      : `The request does not match the contract: ${detail}.`;
  return { part: { detail, pointer }, sentence };
}

function printable(text: string, mostCharacters: number): string {
  return text.replaceAll(/[^ -~]/g, "?").slice(0, mostCharacters);
}
