import type { Violation } from "../schemas/compiled-schemas.ts";
import { Unreadable } from "./split.ts";
import type { Converter } from "./values/converter.ts";

/** One way in which a parameter may be written. */
export type Reading<Raw> = {
  /** What is written in `raw`: a text, or a list or an object of texts; or what its JSON means. */
  readonly read: (raw: Raw) => unknown;
  readonly yields: "texts" | "json";
};

/** How the value of one parameter is made from what a request has of it. */
export type Reader<Raw> = {
  /** Undefined when the value does not match the contract. */
  readonly read: (raw: Raw) => unknown;
  /** What is wrong where `read` returns undefined. */
  readonly explain: (raw: Raw) => Violation | Unreadable;
};

/** Takes the first of `readings` that gives a value of the schema. What is wrong is told by the first one. */
export function createReader<Raw>(
  readings: readonly [Reading<Raw>, ...Reading<Raw>[]],
  { fromTexts, fromJson, explain }: Converter,
): Reader<Raw> {
  return {
    read: (raw) => {
      for (const { read, yields } of readings) {
        const written = read(raw);
        if (written instanceof Unreadable) continue;
        const value = yields === "json" ? fromJson(written) : fromTexts(written);
        if (value !== undefined) return value;
      }
      return undefined;
    },
    explain: (raw) => {
      const [first] = readings;
      const read = readings.map((one) => [one, one.read(raw)] as const);
      const [reading, written] = read.find(([, one]) => !(one instanceof Unreadable)) ?? [first, first.read(raw)];
      return written instanceof Unreadable ? written : explain(written, reading.yields);
    },
  };
}
