import { copyJson } from "../../../lib/json/copy-json.ts";
import type { Parameter } from "./parameter.ts";
import type { Converter } from "./values/converter.ts";

/** What it means that a request does not have a parameter. */
export type Absence =
  | { readonly kind: "allowed" }
  | { readonly kind: "refused" }
  | { readonly kind: "default"; readonly value: () => unknown };

const ALLOWED: Absence = { kind: "allowed" };

export function toAbsence({ isRequired, schema, style, shape }: Parameter, converter: Converter): Absence {
  if (isRequired) return { kind: "refused" };
  const { default: fallback } = schema;
  if (fallback !== undefined) return toDefault(defaultOf(fallback, converter));
  // Handlers get an empty object, with the defaults of its properties, in the place of an absent `deepObject`.
  return style === "deepObject" && shape.properties.length > 0 ? toDefault(converter.fromTexts({})) : ALLOWED;
}

/** Also a default that is written as a text of the parameter would be. One that does not match counts for nothing. */
function defaultOf(fallback: unknown, { fromJson, fromTexts }: Converter): unknown {
  return fromJson(copyJson(fallback)) ?? fromTexts(copyJson(fallback));
}

function toDefault(value: unknown): Absence {
  // Handlers may change what they get.
  return value === undefined ? ALLOWED : { kind: "default", value: () => copyJson(value) };
}
