import { existsSync, renameSync, writeFileSync } from "node:fs";
import { Command } from "commander";
import { parseDocument } from "yaml";
import { loadDocument } from "../../contract/document/load.ts";
import { annotate, type Change } from "../../contract/init/annotate.ts";
import { isAdministrative } from "../../keys/scopes.ts";
import { isPrintable } from "../../lib/log/printable.ts";
import { CommandFailed } from "../failure.ts";
import { type Output, toJson } from "../output.ts";
import type { Session } from "../session.ts";

/** @param outAsItIs for the contract itself, which may end up in a file. */
export function initCommand(session: Session, outAsItIs: Output["out"]): Command {
  return new Command("init")
    .description("write a copy of a contract of yours that says which key opens what")
    .argument("<file>", "an OpenAPI 3.1 or 3.0 document, YAML or JSON")
    .option("--out <file>", "where to write it; left out, beside the file as NAME.latchkey.yaml; - for the output")
    .option("--force", "overwrite what is there")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExample:\n  latchkey init their-openapi.yaml")
    .action((file: string, options: InitOptions) => init(session, outAsItIs, file, options));
}

type InitOptions = { readonly out?: string; readonly force?: true; readonly json?: true };

function init(
  session: Session,
  outAsItIs: Output["out"],
  file: string,
  { out = besides(file), force, json }: InitOptions,
) {
  // For its objections to what is no document at all.
  const { document, text: written } = loadDocument(file);
  if (!/^3\.[01]\.\d+$/.test(String(document["openapi"]))) {
    throw new CommandFailed(`${file} is no OpenAPI 3.1 or 3.0 document; convert it first.`);
  }
  if (out !== "-" && !force && existsSync(out)) {
    throw new CommandFailed(`${out} is there already: add --force to overwrite it, or --out for another file.`);
  }
  const parsed = parseDocument(written, { uniqueKeys: false });
  const changes = annotate(parsed, isAdministrative);
  const text = isJson(file) ? `${JSON.stringify(parsed.toJS(), null, 2)}\n` : parsed.toString({ lineWidth: 0 });
  if (out === "-") {
    if (!isPrintable(text.replaceAll("\t", ""))) throw new CommandFailed(`${file} ${NOT_FOR_OUTPUT}`);
    return outAsItIs(text);
  }

  writeWhole(out, text);
  session.out(json ? toJson({ file: out, changes }) : toText(out, changes));
}

const NOT_FOR_OUTPUT = "has characters that a terminal obeys or hides: write it to a file with --out FILE.";

function besides(file: string): string {
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
Wrote ${out}. Look at what it says about scopes and public operations, then:

  latchkey contract check --lenient ${out}
  latchkey serve --lenient --contract ${out} --upstream http://127.0.0.1:5000
`;
}
