import { copyJson } from "../../../lib/json/copy-json.ts";
import type { CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import type { Parameter } from "./parameter.ts";

/** What it means that a request does not have a parameter. */
export type Absence =
  | { readonly kind: "allowed" }
  /** Only the validator can tell, or the request is invalid. */
  | { readonly kind: "refused" }
  | { readonly kind: "default"; readonly value: () => unknown };

const ALLOWED: Absence = { kind: "allowed" };
const REFUSED: Absence = { kind: "refused" };

export function compileAbsence(parameter: Parameter, convert: Convert, schemas: CompiledSchemas): Absence {
  const { isRequired, schema, schemaPlace } = parameter;
  if (isRequired) return REFUSED;
  const { default: fallback } = schema;
  if (fallback !== undefined) return toDefault(schemas.defaultOf(schemaPlace, fallback), REFUSED);
  return isFilledObject(parameter) ? toDefault(convert({}), ALLOWED) : ALLOWED;
}

/** The validator gives handlers an empty object in the place of an absent `deepObject`. */
function isFilledObject({ style, schema }: Parameter): boolean {
  return style === "deepObject" && schema["properties"] !== undefined;
}

function toDefault(value: unknown, otherwise: Absence): Absence {
  if (value === undefined) return otherwise;
  // Handlers may change what they get.
  return { kind: "default", value: () => copyJson(value) };
}

/** Returns false if the parameter must not be absent. */
export function fillAbsent(values: Record<string, unknown>, name: string, absence: Absence): boolean {
  if (absence.kind === "default") values[name] = absence.value();
  return absence.kind !== "refused";
}
