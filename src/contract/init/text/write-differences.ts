import { isDeepStrictEqual } from "node:util";
import { type Document, isAlias, parseDocument, stringify } from "yaml";
import type { Pointer } from "../../document/finding.ts";
import type { JsonObject } from "../../document/json.ts";
import { parseDocumentText } from "../../document/load.ts";
import { type Difference, differencesOf, type Edit, withEdits } from "./differences.ts";
import { jsonEdits } from "./edit-json.ts";
import { yamlEdits } from "./edit-yaml.ts";

/**
 * Writes what `after` adds to `before` into the text of `before`. Everything else stays as it was, byte for byte. Where
 * the text cannot be edited in that way (values behind aliases, for example), the whole text is formatted again.
 */
export function writeDifferences(text: string, before: JsonObject, after: JsonObject): string {
  const differences = differencesOf(before, after);
  if (differences.length === 0) return text;
  const isJson = isJsonText(text);
  const edited = editedText(text, (isJson ? jsonEdits : yamlEdits)(text, differences));
  if (edited !== undefined && isDocument(edited, after) && isJsonText(edited) === isJson) return edited;
  return isJson ? `${JSON.stringify(after, null, 2)}\n` : formattedYaml(text, differences, after);
}

function editedText(text: string, edits: readonly Edit[] | undefined): string | undefined {
  return edits && withEdits(text, edits);
}

/** Is `text` JSON, and not YAML that only begins like it? */
export function isJsonText(text: string): boolean {
  if (!/^\s*\{/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Is `text` a document with the content of `expected`? */
function isDocument(text: string, expected: JsonObject): boolean {
  try {
    const { document } = parseDocumentText(text, "");
    // As JSON: what aliases share is one object in one of them, and several in the other.
    return isDeepStrictEqual(JSON.parse(JSON.stringify(document)), JSON.parse(JSON.stringify(expected)));
  } catch {
    return false;
  }
}

/** Its comments and the order of its keys stay, unless aliases share what has become different. */
function formattedYaml(text: string, differences: readonly Difference[], after: JsonObject): string {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: "error" });
  for (const { holder, key, value } of differences) {
    expandAliases(document, holder);
    document.setIn([...holder, key], document.createNode(value));
  }
  const formatted = document.toString({ lineWidth: 0 });
  return isDocument(formatted, after) ? formatted : stringify(after, { lineWidth: 0, aliasDuplicateObjects: false });
}

function expandAliases(document: Document, pointer: Pointer) {
  for (let length = 1; length <= pointer.length; length++) {
    const place = pointer.slice(0, length);
    const node = document.getIn(place, true);
    if (isAlias(node)) document.setIn(place, document.createNode(node.toJS(document)));
  }
}
