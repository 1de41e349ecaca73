import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import type { JsonObject } from "../../../contract/document/json.ts";
import { type LoadedDocument, loadDocument, parseDocumentText } from "../../../contract/document/load.ts";
import { eachNode } from "../../../contract/document/walk.ts";
import { copyOf } from "../../../contract/init/contract-files.ts";
import { isJsonText } from "../../../contract/init/text/write-differences.ts";
import { CommandFailed } from "../../failure.ts";
import { fetchContract, isUrl, WHERE_IT_IS } from "./fetch-contract.ts";
import { fromSwagger, isSwagger2 } from "./from-swagger.ts";

/** A contract as its author wrote it. */
export type Source = {
  /** Its path; for one from the web, the path that it would have here. */
  readonly file: string;
  readonly loaded: LoadedDocument;
  /** Where the annotated copy goes, unless a person names another file. */
  readonly out: string;
  /** Where the API is, as far as the URL of the contract tells. */
  readonly origin: string | undefined;
};

/** @param source a path or a URL. */
export async function readSource(source: string): Promise<Source> {
  return isUrl(source) ? readFromWeb(source) : readFile(source);
}

async function readFromWeb(source: string): Promise<Source> {
  const { text, url } = await fetchContract(source);
  const loaded = await toOpenApi3(parsed(text, url.href), url.href);
  requireOpenApi(url.href, loaded.document);
  const stray = strayReference(loaded.document);
  if (stray !== undefined) {
    throw new CommandFailed(
      `${url} refers to other files (${stray}): download all of them into one folder, and use the file there.`,
    );
  }
  const file = `openapi.${isJsonText(text) ? "json" : "yaml"}`;
  return { file, loaded, out: copyOf(file), origin: url.origin };
}

async function readFile(file: string): Promise<Source> {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (stats === undefined) throw new CommandFailed(`${file} does not exist.${hintAtOthers(dirname(file))}`);
  if (stats.isDirectory()) throw new CommandFailed(`${file} is a folder: name a file in it.${hintAtOthers(file)}`);
  requireNoWebPage(file, readBeginning(file));
  const loaded = await toOpenApi3(loadDocument(file), file);
  requireOpenApi(file, loaded.document);
  return { file, loaded, out: copyOf(file), origin: undefined };
}

/** Swagger 2.0 is converted here, so that everything after it only knows OpenAPI 3. */
async function toOpenApi3(loaded: LoadedDocument, name: string): Promise<LoadedDocument> {
  if (!isSwagger2(loaded.document)) return loaded;
  const stray = strayReference(loaded.document);
  if (stray !== undefined) {
    throw new CommandFailed(
      `${name} is Swagger 2.0 and refers to other files (${stray}): combine them into one file, or convert them first.`,
    );
  }
  return await fromSwagger(loaded, name);
}

function parsed(text: string, name: string): LoadedDocument {
  requireNoWebPage(name, text);
  return parseDocumentText(text, name);
}

function requireNoWebPage(name: string, text: string) {
  if (!/^\s*<(?:!doctype|html|\?xml|!--)/i.test(text)) return;
  throw new CommandFailed(`${name} is a web page and not an OpenAPI document. ${WHERE_IT_IS}`);
}

function requireOpenApi(name: string, { openapi, swagger }: JsonObject) {
  if (/^3\.[012](?:\.|$)/.test(String(openapi))) return;
  if (swagger !== undefined) {
    throw new CommandFailed(`${name} is Swagger ${swagger}, and only 2.0 is converted: convert it to OpenAPI 3 first.`);
  }
  const version = openapi === undefined ? "it does not say openapi: 3.…" : `its version is ${openapi}`;
  throw new CommandFailed(`${name} is not an OpenAPI 3 document (${version}).${hintAtOthers(dirname(name))}`);
}

/** The first reference to another file. */
export function strayReference(document: JsonObject): string | undefined {
  let stray: string | undefined;
  eachNode(document, (_pointer, { $ref }) => {
    if (typeof $ref === "string" && !$ref.startsWith("#")) stray ??= $ref;
  });
  return stray;
}

const MOST_CANDIDATES = 5;

/** The contracts in a folder, for people who are in the wrong one or mistyped a name. */
function hintAtOthers(folder: string): string {
  const found = contractsIn(folder).slice(0, MOST_CANDIDATES);
  if (found.length > 0) return ` There are contracts beside it: ${found.join(", ")}.`;
  return isUrl(folder) ? ` ${WHERE_IT_IS}` : ` Check its name and folder, or use a URL of your API. ${WHERE_IT_IS}`;
}

function contractsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => /\.(?:ya?ml|json)$/i.test(name) && !/\.latchkey\./.test(basename(name)))
      .map((name) => join(folder, name))
      .filter((file) => /^\s*["']?(?:openapi|swagger)["']?\s*:/m.test(readBeginning(file)));
  } catch {
    return [];
  }
}

const BEGINNING_BYTES = 4096;

function readBeginning(file: string): string {
  const stats = statSync(file, { throwIfNoEntry: false });
  if (!stats?.isFile() || stats.size > 20 * 1_048_576) return "";
  return readFileSync(file).subarray(0, BEGINNING_BYTES).toString("utf8");
}
