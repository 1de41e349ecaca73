import type { CompiledSchemas, Convert } from "../schemas/compiled-schemas.ts";
import { NotCompiled } from "../schemas/not-compiled.ts";
import type { Parameter } from "./parameter.ts";
import { checkJson } from "./query-parameter.ts";
import { type Structure, toAlternating, toAssigned } from "./split.ts";

/** Reads the one text of a parameter in a path, a header or a cookie; undefined when it may be invalid. */
export type ReadText = (text: string) => unknown;

/** @throws NotCompiled */
export function compileText(parameter: Parameter, convert: Convert, schemas: CompiledSchemas): ReadText {
  const { content, shape, schemaPlace } = parameter;
  if (content === "json") {
    const isValid = schemas.ofRequest(schemaPlace);
    // Node shows the bytes of a header as characters.
    const encoding = parameter.in === "header" ? "latin1" : "utf8";
    return (text) => checkJson(text, encoding, isValid);
  }
  if (content === "text") return convert;
  const { unwrap, delimiter, isAssigned } = formOf(parameter);
  // Blanks around a comma mean nothing in a header (RFC 9110 §5.6.1), and Node joins its lines with a comma and a blank.
  const partsOf = (text: string) =>
    parameter.in === "header" ? text.split(delimiter).map(withoutBlanks) : text.split(delimiter);
  return (text) => {
    const inner = unwrap(text);
    if (inner === undefined || shape === "text") return inner === undefined ? undefined : convert(inner);
    const structure = inner === "" ? undefined : toStructure(partsOf(inner), shape, isAssigned);
    return structure && convert(structure);
  };
}

function toStructure(parts: readonly string[], shape: "array" | "object", isAssigned: boolean): Structure | undefined {
  if (shape === "array") return parts;
  return isAssigned ? toAssigned(parts) : toAlternating(parts);
}

type Form = {
  /** The text without what the style puts around it. */
  readonly unwrap: (text: string) => string | undefined;
  readonly delimiter: string;
  /** Properties are written `name=value`, not `name,value`. */
  readonly isAssigned: boolean;
};

/** How a style writes a list or an object in one text (OpenAPI 3.1.1 §4.8.12.4). */
function formOf({ in: place, name, style, explode, shape }: Parameter): Form {
  const isAssigned = explode;
  if (style === "simple") return { unwrap: whole, delimiter: ",", isAssigned };
  if (style === "label") return { unwrap: after("."), delimiter: explode ? "." : ",", isAssigned };
  if (style === "matrix") return matrix(name, { explode, shape });
  if (style === "form" && place === "cookie" && !(explode && shape !== "text"))
    return { unwrap: whole, delimiter: ",", isAssigned };
  throw new NotCompiled(`it has the style ${style}`);
}

/** Not `trim`, which also removes characters that are not blanks in HTTP. A regular expression would be quadratic. */
function withoutBlanks(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isBlank(text.charCodeAt(start))) start++;
  while (end > start && isBlank(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

function whole(text: string): string {
  return text;
}

function after(prefix: string) {
  return (text: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : undefined);
}

/** `;color=blue,black`; exploded `;color=blue;color=black`, and an object `;R=100;G=200`. */
function matrix(name: string, { explode, shape }: Pick<Parameter, "explode" | "shape">): Form {
  if (!explode || shape === "text") return { unwrap: after(`;${name}=`), delimiter: ",", isAssigned: false };
  if (shape === "array") return { unwrap: after(`;${name}=`), delimiter: `;${name}=`, isAssigned: false };
  return { unwrap: after(";"), delimiter: ";", isAssigned: true };
}
