import { decodePercent } from "./decode.ts";
import { readJsonText } from "./json-text.ts";
import type { Parameter } from "./parameter.ts";
import type { Reading } from "./reader.ts";
import { toAlternating, toAssigned, Unreadable } from "./split.ts";

type Readings = readonly [Reading<string>, ...Reading<string>[]];

/** How the one text of a parameter in a path, a header or a cookie is read (OpenAPI 3.1.1 §4.8.12.4). */
export function textReadings(parameter: Parameter): Readings {
  const { content, form } = parameter;
  // Node shows the bytes of a header as characters.
  const encoding = parameter.in === "header" ? "latin1" : "utf8";
  if (content === "json") return [{ read: (text) => readJsonText(text, encoding), yields: "json" }];
  if (content === "text") return [{ read: (text) => text, yields: "texts" }];
  const written = formOf(parameter);
  const readingOf = (one: "text" | "array" | "object"): Reading<string> => ({
    read: readerOf(parameter, written, one),
    yields: "texts",
  });
  return form === "mixed" ? [readingOf("text"), readingOf("array"), readingOf("object")] : [readingOf(form)];
}

function readerOf(parameter: Parameter, { unwrap, delimiter, isAssigned }: Form, form: "text" | "array" | "object") {
  // Blanks around a comma mean nothing in a header (RFC 9110 §5.6.1), and Node joins its lines with a comma and a blank.
  const partsOf = (text: string) =>
    parameter.in === "header" ? text.split(delimiter).map(withoutBlanks) : text.split(delimiter);
  return (text: string): unknown => {
    const inner = unwrap(text);
    if (inner instanceof Unreadable || form === "text") return inner;
    if (form === "array") return partsOf(inner);
    return isAssigned ? toAssigned(partsOf(inner)) : toAlternating(partsOf(inner));
  };
}

type Form = {
  /** The text without what the style puts around it. */
  readonly unwrap: (text: string) => string | Unreadable;
  readonly delimiter: string;
  /** Properties are written `name=value`, not `name,value`. */
  readonly isAssigned: boolean;
};

function formOf({ in: place, name, style, explode, form }: Parameter): Form {
  if (style === "label") return { unwrap: after("."), delimiter: explode ? "." : ",", isAssigned: explode };
  if (style === "matrix") return matrix(name, { explode, form });
  // A list in a cookie that explodes is `name=a&name=b`, as in a query.
  if (place === "cookie")
    return { unwrap: decoded, delimiter: explode && form === "array" ? `&${name}=` : ",", isAssigned: false };
  return { unwrap: (text) => text, delimiter: ",", isAssigned: explode };
}

/** A cookie need not be percent-encoded. */
function decoded(text: string): string {
  return text.includes("%") ? (decodePercent(text) ?? text) : text;
}

function after(prefix: string) {
  const missing = new Unreadable(`must begin with ${prefix}`);
  return (text: string) => (text.startsWith(prefix) ? text.slice(prefix.length) : missing);
}

/** `;color=blue,black`; exploded `;color=blue;color=black`, and an object `;R=100;G=200`. */
function matrix(name: string, { explode, form }: Pick<Parameter, "explode" | "form">): Form {
  if (explode && form === "object") return { unwrap: after(";"), delimiter: ";", isAssigned: true };
  const delimiter = explode && form === "array" ? `;${name}=` : ",";
  return { unwrap: after(`;${name}=`), delimiter, isAssigned: false };
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
