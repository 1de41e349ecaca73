import { decodeFormText } from "../decode.ts";
import { NOT_JSON, readJsonText } from "../json-text.ts";
import type { Parameter } from "../parameter.ts";
import type { Reading } from "../reader.ts";
import { toAlternating, Unreadable } from "../split.ts";
import { mayContainComma } from "../values/value-shape.ts";

/** What a query has of one parameter: a text as sent, several of them, or what is written under names of its parts. */
export type QueryRaw = string | readonly string[] | Parts;

/** A list or an object of decoded texts, from names with brackets or from properties that are parameters of their own. */
export class Parts {
  readonly value: unknown;

  constructor(value: unknown) {
    this.value = value;
  }
}

type QueryReading = Reading<QueryRaw>;
type Readings = readonly [QueryReading, ...QueryReading[]];

/** How a query parameter may be written: as its style says, first, and in ways that many clients use besides. */
export function queryReadings(parameter: Parameter): Readings {
  const { content, form, style, explode } = parameter;
  if (content === "json") return [JSON_TEXT];
  if (content === "text") return [TEXT];
  if (form === "text") return [TEXT];
  if (form === "mixed")
    return [UNAMBIGUOUS_TEXT, ...(explode ? [TEXTS] : delimitedLists(parameter)), PARTS, JSON_STRUCTURE];
  if (form === "array" && (explode || style === "deepObject")) return [TEXTS, PARTS];
  if (form === "array") return [...delimitedLists(parameter), PARTS];
  // Before 3.1 many documents declare objects that clients write as JSON.
  if (style === "deepObject" || explode) return [PARTS, JSON_STRUCTURE];
  return [delimitedObject(parameter), PARTS, JSON_STRUCTURE];
}

const SEVERAL = new Unreadable("must be sent only once");
const IN_PARTS = new Unreadable("must be one text, without brackets after its name");

function textOf(raw: QueryRaw): string | Unreadable {
  if (typeof raw === "string") return decodeFormText(raw);
  return raw instanceof Parts ? IN_PARTS : SEVERAL;
}

const TEXT: QueryReading = { read: textOf, yields: "texts" };

/** A text where JSON may be too: one that programs read as different objects is refused. */
const UNAMBIGUOUS_TEXT: QueryReading = {
  read: (raw) => {
    const text = textOf(raw);
    if (text instanceof Unreadable || !isLikeJson(text)) return text;
    const value = readJsonText(text, "utf8");
    return value instanceof Unreadable && value !== NOT_JSON ? value : text;
  },
  yields: "texts",
};

function isLikeJson(text: string): boolean {
  return text.startsWith("{") || text.startsWith("[");
}

/** A list of which each item is sent under the name of the parameter. */
const TEXTS: QueryReading = {
  read: (raw) => (raw instanceof Parts ? IN_PARTS : decodeAll([raw].flat())),
  yields: "texts",
};

const NO_PARTS = new Unreadable("must be an object: write its properties as its style says");

const PARTS: QueryReading = { read: (raw) => (raw instanceof Parts ? raw.value : NO_PARTS), yields: "texts" };

const JSON_TEXT: QueryReading = {
  read: (raw) => {
    const text = textOf(raw);
    return text instanceof Unreadable ? text : readJsonText(text, "utf8");
  },
  yields: "json",
};

/** An object or a list in JSON; other texts mean themselves. */
const JSON_STRUCTURE: QueryReading = {
  read: (raw) => {
    const text = textOf(raw);
    if (text instanceof Unreadable) return text;
    return isLikeJson(text) ? readJsonText(text, "utf8") : NO_PARTS;
  },
  yields: "json",
};

const NOT_ONE_TEXT = new Unreadable("must be sent only once, as one text with all its items");

/** Clients write a space as %20 or +, and may have to encode a pipe. A comma that is encoded belongs to an item. */
const DELIMITERS: Readonly<Record<string, RegExp>> = { form: /,/, spaceDelimited: /%20|\+/, pipeDelimited: /\||%7c/i };

function delimitedLists(parameter: Parameter): Readings {
  const written = delimitedList(delimiterOf(parameter));
  if (parameter.style !== "form" || mayContainComma(parameter.shape.itemAt(0))) return [written];
  // Where no item can contain a comma, an encoded one separates: forms and many HTTP libraries encode each comma.
  return [written, delimitedList(/,|%2c/i)];
}

function delimiterOf({ style }: Parameter): RegExp {
  return DELIMITERS[style] ?? /,/;
}

function delimitedList(delimiter: RegExp): QueryReading {
  return { read: (raw) => split(raw, delimiter), yields: "texts" };
}

function split(raw: QueryRaw, delimiter: RegExp): readonly string[] | Unreadable {
  return typeof raw === "string" ? decodeAll(raw.split(delimiter)) : NOT_ONE_TEXT;
}

function delimitedObject(parameter: Parameter): QueryReading {
  const delimiter = delimiterOf(parameter);
  return {
    read: (raw) => {
      const parts = split(raw, delimiter);
      return parts instanceof Unreadable ? parts : toAlternating(parts);
    },
    yields: "texts",
  };
}

function decodeAll(raws: readonly string[]): readonly string[] | Unreadable {
  const texts: string[] = [];
  for (const raw of raws) {
    const text = decodeFormText(raw);
    if (text instanceof Unreadable) return text;
    texts.push(text);
  }
  return texts;
}
