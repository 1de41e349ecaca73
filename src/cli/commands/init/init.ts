import { existsSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, relative, resolve } from "node:path";
import { USUAL_FILE } from "../../../config/load-config.ts";
import { type AnnotateOptions, annotate, type Decision } from "../../../contract/init/annotate.ts";
import { type ContractFiles, openContractFiles } from "../../../contract/init/contract-files.ts";
import { isAdministrative } from "../../../keys/scopes.ts";
import { commandText } from "../../../lib/command-text.ts";
import { isUpstreamUrl } from "../../../lib/http/upstream-url.ts";
import { isPrintable } from "../../../lib/log/printable.ts";
import { CommandFailed } from "../../failure.ts";
import { type JsonOption, toJson } from "../../output.ts";
import type { InitSession } from "../../session.ts";
import { withProgress } from "../../terminal/progress.ts";
import type { ServeSession } from "../serve.ts";
import { readSource, type Source, strayReference } from "./read-source.ts";
import { findingsIn, requireNoFindings } from "./remaining-findings.ts";
import { toSettingsLine, writeSettingsFile } from "./settings-file.ts";
import { toList, toSummary } from "./summary.ts";

export type InitOptions = JsonOption & {
  readonly out?: string;
  readonly force?: true;
  readonly all?: true;
  readonly keys?: string;
  readonly upstream?: string;
};

/**
 * Writes a copy of a contract with what Latchkey needs to know about each operation; with an upstream, also starts the
 * service on it.
 * @param source the path or URL of the contract.
 */
export async function initContract(session: InitSession & ServeSession, source: string, options: InitOptions) {
  requireUpstream(options.upstream);
  const copy = await withProgress({ ...session, isBlocking: true }, `Reading ${source}`, () =>
    writeCopy(source, options),
  );
  const { out, origin, texts, decisions, findings } = copy;
  if (out === "-") return print(session, source, texts);

  const written = [...texts.keys()].map((file) => relative("", file) || file);
  const settings = findings.length === 0 ? writeSettingsFile(out, options.upstream) : undefined;
  const shown = { file: out, files: written, settings: settings?.file ?? null, changes: decisions.map(toChange) };
  session.out(options.json ? toJson(shown) : toText({ out, written, decisions, all: options.all === true }));
  if (settings !== undefined && !options.json) session.out(toSettingsLine(settings, out));
  const serve = serveCommand(out, options.upstream ?? origin ?? USUAL_ORIGIN);
  requireNoFindings(out, findings, serve);
  if (options.upstream !== undefined) await start(session, out, options.upstream);
  else if (!options.json) session.out(nextSteps(out, serve));
}

/** Annotates a copy of `source` and writes it, unless it goes to the output. */
async function writeCopy(source: string, options: InitOptions) {
  const contract = await readSource(source);
  const { origin } = contract;
  const { out = contract.out } = options;
  requireOwnFolder(contract, out);
  requireOtherName(out);
  const files = openContractFiles(contract.file, contract.loaded);
  requireScheme(files.whole, options.keys);
  const attempt = (prefix?: string) => annotated(files, out, { keyScheme: options.keys, prefix });
  const first = attempt();
  if (out === "-") return { out, origin, ...first, findings: [] };

  for (const file of first.texts.keys()) if (!options.force) requireFree(file, options.upstream);
  writeAll(first.texts);
  const findings = await findingsIn(out);
  if (!findings.some(({ kind }) => kind === "collision")) return { out, origin, ...first, findings };
  const second = attempt(FREE_PREFIX);
  writeAll(second.texts);
  return { out, origin, ...second, findings: await findingsIn(out) };
}

/** Where the paths of the service go if the API has some of them. */
const FREE_PREFIX = "/_latchkey";

const USUAL_ORIGIN = "http://127.0.0.1:5000";

function annotated(files: ContractFiles, out: string, options: Omit<AnnotateOptions, "isReserved">) {
  const { document, decisions } = annotate(files.whole, { ...options, isReserved: isAdministrative });
  return { texts: files.write(document, out), decisions };
}

function writeAll(texts: ReadonlyMap<string, string>) {
  for (const [file, text] of texts) writeWhole(file, text);
}

/** The form that programs read. */
function toChange({ operation, message }: Decision) {
  return operation === undefined ? { message } : { operation, message };
}

function requireUpstream(upstream: string | undefined) {
  if (upstream === undefined || isUpstreamUrl(upstream)) return;
  throw new CommandFailed("--upstream is not valid: use a URL such as http://127.0.0.1:5000.");
}

/** References to other files are relative to the folder of the contract. */
function requireOwnFolder({ file, loaded }: Source, out: string) {
  const stray = strayReference(loaded.document);
  if (stray === undefined || (out !== "-" && dirname(resolve(out)) === dirname(resolve(file)))) return;
  throw new CommandFailed(
    `${file} refers to other files (${stray}): leave out --out, so that the copy stays beside it.`,
  );
}

/** A settings file of that name would be expected there. */
function requireOtherName(out: string) {
  if (basename(out) !== USUAL_FILE) return;
  throw new CommandFailed(`${USUAL_FILE} is the name of the settings file: use --out with another name.`);
}

function requireScheme(document: object, name: string | undefined) {
  if (name === undefined) return;
  const { components } = document as { readonly components?: { readonly securitySchemes?: object } };
  const names = Object.keys(components?.securitySchemes ?? {});
  if (names.includes(name)) return;
  throw new CommandFailed(
    `There is no security scheme ${name}: use one of ${names.join(", ") || "none; leave out --keys"}.`,
  );
}

function requireFree(file: string, upstream: string | undefined) {
  if (!existsSync(file)) return;
  const shown = relative("", file) || file;
  const serve = upstream === undefined ? "" : ` To start the service with it: ${serveCommand(shown, upstream)}`;
  throw new CommandFailed(`${shown} already exists: add --force to overwrite it, or --out for another file.${serve}`);
}

function print(session: InitSession, source: string, texts: ReadonlyMap<string, string>) {
  const [text = ""] = texts.values();
  if (!isPrintable(text.replaceAll("\t", ""))) throw new CommandFailed(`${source} ${NOT_FOR_OUTPUT}`);
  session.rawOut(text);
}

const NOT_FOR_OUTPUT = "has characters that a terminal interprets or hides: write it to a file with --out FILE.";

/** Whole or not at all. */
function writeWhole(path: string, text: string) {
  const partial = `${path}.part`;
  writeFileSync(partial, text);
  renameSync(partial, path);
}

type Shown = {
  readonly out: string;
  readonly written: readonly string[];
  readonly decisions: readonly Decision[];
  readonly all: boolean;
};

function toText({ out, written, decisions, all }: Shown): string {
  const others = written.length > 1 ? `, with ${written.slice(1).join(", ")}` : "";
  const hint = all || decisions.length === 0 ? "" : " (--all lists each decision)";
  return `${all ? toList(decisions) : toSummary(decisions)}
Wrote ${out}${others}${hint}. Check its scopes and its public operations.
`;
}

function nextSteps(out: string, serve: string): string {
  return `
  ${commandText(`contract check ${out}`)}
  ${serve}
`;
}

function serveCommand(out: string, upstream: string): string {
  return commandText(`serve --contract ${out} --upstream ${upstream}`);
}

async function start(session: ServeSession, contract: string, upstream: string) {
  const { runService } = await import("../serve.ts");
  await warnOfSilence(session, upstream);
  // A person started this and reads the first keys, also where the output is not a terminal.
  await runService({ ...session, isTerminal: true }, { contract, upstream, explainsKeys: true });
}

const PATIENCE_MS = 3000;

async function warnOfSilence({ err }: ServeSession, upstream: string) {
  try {
    const response = await fetch(upstream, { redirect: "manual", signal: AbortSignal.timeout(PATIENCE_MS) });
    await response.body?.cancel();
  } catch {
    err(`Your API does not respond at ${upstream}: until it is started there, requests get 502.\n`);
  }
}
