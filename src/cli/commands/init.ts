import { existsSync, renameSync, writeFileSync } from "node:fs";
import { parseDocument } from "yaml";
import { loadDocument } from "../../contract/document/load.ts";
import { annotate, type Change } from "../../contract/init/annotate.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import { isPrintable } from "../../lib/log/printable.ts";
import { COMMAND_NAME } from "../command-name.ts";
import { CommandFailed } from "../failure.ts";
import { type JsonOption, toJson } from "../output.ts";
import type { InitSession } from "../session.ts";

export type InitOptions = JsonOption & { readonly out?: string; readonly force?: true };

/** Writes a copy of the contract in `file` with what Latchkey needs to know about each operation. */
export function initContract(
  session: InitSession,
  file: string,
  { out = defaultOutput(file), force, json }: InitOptions,
) {
  // Loaded for its findings about files that are not a document.
  const { document, text: written } = loadDocument(file);
  if (!/^3\.[01]\.\d+$/.test(String(document["openapi"]))) {
    throw new CommandFailed(`${file} is not an OpenAPI 3.1 or 3.0 document: convert it first.`);
  }
  if (out !== "-" && !force && existsSync(out)) {
    throw new CommandFailed(`${out} already exists: add --force to overwrite it, or --out for another file.`);
  }
  const parsed = parseDocument(written, { uniqueKeys: false });
  const changes = annotate(parsed, isAdministrative);
  const text = isJson(file) ? `${JSON.stringify(parsed.toJS(), null, 2)}\n` : parsed.toString({ lineWidth: 0 });
  if (out === "-") {
    if (!isPrintable(text.replaceAll("\t", ""))) throw new CommandFailed(`${file} ${NOT_FOR_OUTPUT}`);
    return session.rawOut(text);
  }

  writeWhole(out, text);
  session.out(json ? toJson({ file: out, changes }) : toText(out, changes));
}

const NOT_FOR_OUTPUT = "has characters that a terminal interprets or hides: write it to a file with --out FILE.";

function defaultOutput(file: string): string {
  return isJson(file) ? file.replace(/\.json$/i, ".latchkey.json") : `${file.replace(/\.ya?ml$/i, "")}.latchkey.yaml`;
}

function isJson(file: string): boolean {
  return /\.json$/i.test(file);
}

/** Whole or not at all. */
function writeWhole(path: string, text: string) {
  const partial = `${path}.part`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

function toText(out: string, changes: readonly Change[]): string {
  const lines = changes.map(
    ({ operation, message }) => `  ${operation === undefined ? message : `${operation} ${message}`}\n`,
  );
  return `${lines.join("")}${lines.length === 0 ? "Nothing had to be added.\n" : ""}
Wrote ${out}. Check its scopes and its public operations, then:

  ${COMMAND_NAME} contract check ${out}
  ${COMMAND_NAME} serve --contract ${out} --upstream http://127.0.0.1:5000
`;
}
