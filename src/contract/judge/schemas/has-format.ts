import type { Format } from "ajv";
import { FORMATS } from "../../model/formats.ts";

type Test = { readonly type: "string" | "number"; readonly test: (value: unknown) => boolean };

const TESTS: ReadonlyMap<string, Test> = new Map(
  Object.entries(FORMATS).flatMap(([name, format]) => {
    const test = toTest(format);
    return test === undefined ? [] : [[name, test] as const];
  }),
);

/** Whether a value has a format, as Ajv decides: a format says nothing about values of another type. */
export function hasFormat(value: unknown, name: string): boolean {
  const format = TESTS.get(name);
  return format === undefined || typeof value !== format.type || format.test(value);
}

/** Undefined for a format that accepts everything. */
function toTest(format: Format): Test | undefined {
  if (format === true || typeof format === "string") return undefined;
  if (format instanceof RegExp) return { type: "string", test: (value) => format.test(String(value)) };
  const { type = "string", validate } = typeof format === "function" ? { validate: format } : format;
  if (typeof validate !== "function") return undefined;
  // `type` says which values the function takes, but its own type does not.
  return { type, test: (value) => Boolean(validate(value as never)) };
}
