import { decodePercent } from "./decode.ts";
import { readJsonText } from "./json-text.ts";
import type { Parameter } from "./parameter.ts";
import type { Reading } from "./reader.ts";
import { toAlternating, toAssigned, Unreadable } from "./split.ts";
import { mayContainComma } from "./values/value-shape.ts";

/** A text as it was sent, or in a path, where that was percent-encoded, in both forms. */
export type WrittenText = string | EncodedText;
export type EncodedText = { readonly text: string; readonly sent: string };

type TextReading = Reading<WrittenText>;
type Readings = readonly [TextReading, ...TextReading[]];

/** How the one text of a parameter in a path, a header or a cookie is read (OpenAPI 3.1.1 §4.8.12.4). */
export function textReadings(parameter: Parameter): Readings {
  const { content, form } = parameter;
  // Node shows the bytes of a header as characters.
  const encoding = parameter.in === "header" ? "latin1" : "utf8";
  if (content === "json") return [{ read: (raw) => readJsonText(textOf(raw), encoding), yields: "json" }];
  if (content === "text") return [{ read: textOf, yields: "texts" }];
  if (form === "text") return [readText(parameter)];
  if (form === "object") return [readParts(parameter, "object", asSent)];
  const lists = listReadings(parameter);
  return form === "mixed" ? [readText(parameter), ...lists, readParts(parameter, "object", asSent)] : lists;
}

/** What is encoded belongs to an item, unless no item can contain a comma: then many HTTP libraries encode each comma. */
function listReadings(parameter: Parameter): Readings {
  const written = readParts(parameter, "array", asSent);
  const isEncoded = parameter.in === "path" || parameter.in === "cookie";
  if (!isEncoded || mayContainComma(parameter.shape.itemAt(0))) return [written];
  return [written, readParts(parameter, "array", asDecoded)];
}

function textOf(raw: WrittenText): string {
  return typeof raw === "string" ? raw : raw.text;
}

function readText(parameter: Parameter): TextReading {
  const { unwrap } = formOf(parameter);
  const decode = parameter.in === "cookie" ? decoded : textOf;
  return { read: (raw) => unwrap(decode(textOf(raw))), yields: "texts" };
}

/** A text to split, and how each of its parts is decoded then. */
type Source = { readonly text: string; readonly decode: (part: string) => string };
type ToSource = (raw: WrittenText, place: Parameter["in"]) => Source;

const asDecoded: ToSource = (raw, place) => ({
  text: place === "cookie" ? decoded(textOf(raw)) : textOf(raw),
  decode: textOf,
});

const asSent: ToSource = (raw, place) => {
  if (typeof raw !== "string") return { text: raw.sent, decode: decoded };
  return { text: raw, decode: place === "cookie" ? decoded : textOf };
};

function readParts(parameter: Parameter, form: "array" | "object", toSource: ToSource): TextReading {
  const { in: place } = parameter;
  const { unwrap, delimiter, isAssigned } = formOf(parameter);
  // Blanks around a comma mean nothing in a header (RFC 9110 §5.6.1), and Node joins its lines with a comma and a blank.
  const partsOf = (text: string) =>
    place === "header" ? text.split(delimiter).map(withoutBlanks) : text.split(delimiter);
  const read = ({ text, decode }: Source): unknown => {
    const inner = unwrap(text);
    if (inner instanceof Unreadable) return inner;
    if (form === "object" && isAssigned) return toAssigned(partsOf(inner), decode);
    const parts = partsOf(inner).map(decode);
    return form === "array" ? parts : toAlternating(parts);
  };
  return {
    read: (raw) => {
      const written = read(toSource(raw, place));
      // What a style puts around a value may be encoded too: `%3Bid=1`.
      return written instanceof Unreadable ? read(asDecoded(raw, place)) : written;
    },
    yields: "texts",
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
    return { unwrap: textOf, delimiter: explode && form === "array" ? `&${name}=` : ",", isAssigned: false };
  return { unwrap: textOf, delimiter: ",", isAssigned: explode };
}

/** A cookie need not be percent-encoded, and a path is decoded before. */
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
