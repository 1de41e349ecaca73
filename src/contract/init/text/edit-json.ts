import type { Pointer } from "../../document/finding.ts";
import type { Difference, Edit } from "./differences.ts";

/** Where a value is written. Objects also have their entries. */
type Span = { readonly start: number; readonly end: number; readonly entries?: readonly EntrySpan[] };

type EntrySpan = { readonly key: string; readonly start: number; readonly value: Span };

/** The edits that write `differences` into a JSON text, in its own style; undefined where that cannot be done. */
export function jsonEdits(text: string, differences: readonly Difference[]): readonly Edit[] | undefined {
  const root = readValue({ text, at: 0 });
  const style = styleOf(text, root);
  const edits: (Edit | undefined)[] = [];
  for (const group of Map.groupBy(differences, ({ holder }) => JSON.stringify(holder)).values()) {
    const holder = spanAt(root, group[0]?.holder ?? []);
    if (holder?.entries === undefined) return undefined;
    const added = group.filter(({ isNew }) => isNew);
    if (added.length > 0) edits.push(insertion(text, holder, added, style));
    for (const { key, value } of group.filter(({ isNew }) => !isNew)) {
      const entry = holder.entries.find((one) => one.key === key);
      edits.push(
        entry && { ...rangeOf(entry.value), text: jsonText(value, { ...style, indent: indentAt(text, entry.start) }) },
      );
    }
  }
  return edits.every((edit) => edit !== undefined) ? edits : undefined;
}

type Style = {
  /** One level; undefined: everything is on one line. */
  readonly unit: string | undefined;
  /** After a colon. */
  readonly space: string;
  readonly newline: string;
};

function styleOf(text: string, { entries = [] }: Span): Style {
  const [first] = entries;
  const before = first === undefined ? "" : text.slice(text.lastIndexOf("\n", first.start) + 1, first.start);
  const isOnOneLine = first === undefined || !/^\s+$/.test(before) || !text.slice(0, first.start).includes("\n");
  return {
    unit: isOnOneLine ? undefined : before,
    space: /":\s/.test(text.slice(0, 1000)) || !isOnOneLine ? " " : "",
    newline: text.includes("\r\n") ? "\r\n" : "\n",
  };
}

function insertion(text: string, holder: Span, added: readonly Difference[], style: Style): Edit {
  const last = holder.entries?.at(-1);
  const indent = last === undefined ? indentAt(text, holder.start) + (style.unit ?? "") : indentAt(text, last.start);
  const isOwnLine = style.unit !== undefined && (last === undefined || startsItsLine(text, last.start));
  const gap = isOwnLine ? `${style.newline}${indent}` : style.space;
  const entries = added.map(
    ({ key, value }) => `${JSON.stringify(key)}:${style.space}${jsonText(value, { ...style, indent })}`,
  );
  if (last !== undefined) {
    return { start: last.value.end, end: last.value.end, text: entries.map((entry) => `,${gap}${entry}`).join("") };
  }
  const closing = isOwnLine ? `${style.newline}${indentAt(text, holder.start)}` : "";
  return { ...rangeOf(holder), text: `{${isOwnLine ? gap : ""}${entries.join(`,${gap}`)}${closing}}` };
}

function rangeOf({ start, end }: Span) {
  return { start, end };
}

function jsonText(value: unknown, { unit, space, newline, indent }: Style & { readonly indent: string }): string {
  if (unit !== undefined) {
    return JSON.stringify(value, null, unit).replaceAll("\n", `${newline}${indent}`);
  }
  if (Array.isArray(value))
    return `[${value.map((item) => jsonText(item, { unit, space, newline, indent })).join(`,${space}`)}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(
    ([key, child]) => `${JSON.stringify(key)}:${space}${jsonText(child, { unit, space, newline, indent })}`,
  );
  return `{${entries.join(`,${space}`)}}`;
}

function indentAt(text: string, at: number): string {
  const line = text.slice(text.lastIndexOf("\n", at - 1) + 1, at);
  return /^[\t ]*/.exec(line)?.[0] ?? "";
}

function startsItsLine(text: string, at: number): boolean {
  return /^[\t ]*$/.test(text.slice(text.lastIndexOf("\n", at - 1) + 1, at));
}

function spanAt(root: Span, pointer: Pointer): Span | undefined {
  let span: Span | undefined = root;
  for (const step of pointer) span = span?.entries?.find(({ key }) => key === step)?.value;
  return span;
}

type Reader = { readonly text: string; at: number };

/** Reads the value at the reader, which is valid JSON, and moves the reader behind it. */
function readValue(reader: Reader): Span {
  skip(reader, SPACE);
  const start = reader.at;
  const opening = reader.text[start];
  if (opening === "{") return { start, entries: readEntries(reader), end: reader.at };
  if (opening === "[") readItems(reader);
  else skip(reader, SCALAR);
  return { start, end: reader.at };
}

function readEntries(reader: Reader): readonly EntrySpan[] {
  const entries: EntrySpan[] = [];
  while (hasNext(reader, "}")) {
    const start = reader.at;
    skip(reader, SCALAR);
    const key = String(JSON.parse(reader.text.slice(start, reader.at)));
    skip(reader, COLON);
    entries.push({ key, start, value: readValue(reader) });
  }
  return entries;
}

function readItems(reader: Reader) {
  while (hasNext(reader, "]")) readValue(reader);
}

/** Moves behind the bracket or comma at the reader, to the next entry; or behind the `closing` bracket, if that is there. */
function hasNext(reader: Reader, closing: string): boolean {
  skip(reader, SPACE);
  const here = reader.text[reader.at++];
  if (here === closing) return false;
  if (here === undefined) throw new SyntaxError("the JSON ends too early");
  skip(reader, SPACE);
  if (reader.text[reader.at] !== closing) return true;
  reader.at++;
  return false;
}

const SPACE = /\s*/y;
const COLON = /\s*:/y;
const SCALAR = /"(?:[^"\\]|\\.)*"|[^\s,\]}:]+/y;

function skip(reader: Reader, pattern: RegExp) {
  pattern.lastIndex = reader.at;
  pattern.test(reader.text);
  reader.at = Math.max(pattern.lastIndex, reader.at);
}
