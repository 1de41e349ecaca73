import { dirname, isAbsolute, join } from "node:path";
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  isSeq,
  LineCounter,
  type Pair,
  parseDocument,
  type YAMLMap,
} from "yaml";
import { nearestName } from "../lib/nearest-name.ts";
import { readText, TextUnreadable } from "../lib/read-text.ts";
import { type FilePlace, fileNameOf, placeText } from "./file-names.ts";
import { type FileForm, invalidText, type Setting } from "./setting.ts";

/** A value in the settings file, as the text that an environment variable would have. */
export type FileValue = { readonly text: string; readonly place: FilePlace };

export type SettingsFile = {
  /** By the name of the setting. */
  readonly values: ReadonlyMap<string, FileValue>;
  /** One line per error, each with its place and its fix. */
  readonly errors: readonly string[];
};

/** Far more than all settings take. A larger file is something else, and parsing it takes long. */
const MOST_CHARACTERS = 100_000;

/** Reads `settings` from a YAML file, with all errors at once. Paths in it are relative to it. */
export function readSettingsFile(file: string, settings: readonly Setting<unknown>[]): SettingsFile {
  let text: string;
  try {
    text = readText(file);
  } catch (error) {
    if (error instanceof TextUnreadable) return failed(`${file}: ${error.message}`);
    throw error;
  }
  if (text.length > MOST_CHARACTERS) return failed(`${file}: it is too long for a settings file: use another one.`);
  return readSettings(text, file, settings);
}

function failed(error: string): SettingsFile {
  return { values: new Map(), errors: [error] };
}

function readSettings(text: string, file: string, settings: readonly Setting<unknown>[]): SettingsFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, logLevel: "error", uniqueKeys: false });
  const placeAt = (offset: number): FilePlace => {
    const { line, col } = lines.linePos(offset);
    return { file, line, column: col };
  };
  // One slip makes the parser report several errors, of which the first is the one to correct.
  const [slip] = [...document.errors, ...document.warnings].toSorted((one, other) => one.pos[0] - other.pos[0]);
  if (slip !== undefined) {
    return failed(`${placeText(placeAt(slip.pos[0]))}: ${slip.message.split(/ at line |\n/, 1)[0]}: correct the YAML.`);
  }
  return readMap(document, { file, placeAt, settings });
}

type FileContext = {
  readonly file: string;
  readonly placeAt: (offset: number) => FilePlace;
  readonly settings: readonly Setting<unknown>[];
};

function readMap({ contents }: Document, context: FileContext): SettingsFile {
  if (contents === null || (isScalar(contents) && contents.value === null)) return { values: new Map(), errors: [] };
  const { placeAt, file } = context;
  if (!isMap(contents)) {
    return failed(`${placeText(placeAt(startOf(contents)))}: these are not settings: write each as name: value.`);
  }
  if (contents.has("openapi") || contents.has("swagger")) {
    return failed(`${file}: it is an OpenAPI document, but a file of this name holds settings: rename it.`);
  }
  return readEntries(contents, context);
}

function readEntries({ items }: YAMLMap, context: FileContext): SettingsFile {
  const values = new Map<string, FileValue>();
  const errors: string[] = [];
  const seen = new Set<string>();
  for (const pair of items) {
    const read = readEntry(pair, context);
    const place = context.placeAt(startOf(pair.key));
    const isTwice = seen.has(read.name);
    seen.add(read.name);
    if (isTwice) errors.push(`${placeText(place)}: ${read.name} is here twice: remove one.`);
    else if ("error" in read) errors.push(read.error);
    else if (read.value !== undefined) values.set(read.setting.name, read.value);
  }
  return { values, errors };
}

type Entry = { readonly name: string } & (
  | { readonly error: string }
  /** Undefined where there is nothing after the colon. */
  | { readonly setting: Setting<unknown>; readonly value: FileValue | undefined }
);

function readEntry({ key, value: node }: Pair, { file, placeAt, settings }: FileContext): Entry {
  const name = isScalar(key) ? String(key.value) : "";
  const at = placeText(placeAt(startOf(key)));
  const setting = settings.find((one) => fileNameOf(one) === name);
  if (setting === undefined) return { name, error: `${at}: ${unknownText(name, settings)}` };
  const { inFile } = setting;
  if (inFile.kind === "absent") return { name, error: `${at}: ${name} ${inFile.reason}.` };
  const value = isNode(node) ? node : undefined;
  const place = placeAt(value === undefined ? startOf(key) : startOf(value));
  const text = textOf(value, inFile);
  if (text === undefined)
    return { name, error: `${placeText(place)}: ${invalidText(name, setting)}${quotesText(inFile)}` };
  if (text === "") return { name, setting, value: undefined };
  return { name, setting, value: { text: relativeTo(file, text, inFile), place } };
}

function unknownText(name: string, settings: readonly Setting<unknown>[]): string {
  const offered = settings.filter(({ inFile }) => inFile.kind !== "absent");
  // A name of an environment variable is understood as well as a misspelled one.
  const near = nearestName(name.replace(/^LATCHKEY_/i, ""), offered.map(fileNameOf));
  const fix = near === undefined ? "remove it, or correct it (docs/settings.md lists all)" : `use ${near}`;
  return `${name} is not a setting: ${fix}.`;
}

function quotesText({ kind }: FileForm): string {
  if (kind === "number") return " In YAML that has no quotes.";
  return kind === "text" || kind === "path" ? " In YAML it may need quotes." : "";
}

/** The value as text; empty for none, undefined for one of another type. */
function textOf(node: unknown, form: FileForm): string | undefined {
  if (node === undefined || (isScalar(node) && node.value === null)) return "";
  if (isSeq(node)) return form.kind === "list" ? listText(node.items) : undefined;
  if (!isScalar(node)) return undefined;
  const { value } = node;
  switch (form.kind) {
    case "number":
      return typeof value === "number" && Number.isSafeInteger(value) ? String(value) : undefined;
    case "switch":
      return typeof value === "boolean" ? (value ? form.on : form.off) : wordOf(value);
    default:
      return wordOf(value);
  }
}

function wordOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function listText(items: readonly unknown[]): string | undefined {
  const words = items.map((item) => (isScalar(item) ? wordOf(item.value) : undefined));
  return words.every((word) => word !== undefined && word !== "") ? words.join(",") : undefined;
}

function relativeTo(file: string, text: string, { kind }: FileForm): string {
  if (kind === "path") return pathBeside(file, text);
  const [, path] = (kind === "database" && /^sqlite:(?!:memory:$)(.+)$/s.exec(text)) || [];
  return path === undefined ? text : `sqlite:${pathBeside(file, path)}`;
}

/** The path that `path` in `file` means: it starts at the folder of that file. */
function pathBeside(file: string, path: string): string {
  return isAbsolute(path) ? path : join(dirname(file), path);
}

function startOf(node: unknown): number {
  return (isNode(node) ? node.range?.[0] : undefined) ?? 0;
}
