import { realpathSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { asRecord, isRecord, type JsonObject } from "../document/json.ts";
import { isTooLarge, MAX_ALIAS_COPIES, parseText } from "../document/parse-text.ts";
import { MAX_FILE_BYTES, readText, TextUnreadable } from "../document/read-text.ts";
import { eachNode } from "../document/walk.ts";

/** A reference leads nowhere, or to a place that is not allowed; the message names it, then how to fix it. */
export class ReferenceRefused extends Error {}

/**
 * Puts everything that `raw`, read from the file `path`, refers to in other files into one document. References may
 * lead only to files in the folder of `path` or below: a contract must not make the service read other files, or call
 * hosts.
 * @throws ReferenceRefused
 */
export async function bundle(raw: JsonObject, path: string): Promise<JsonObject> {
  if (!hasOutsideReferences(raw)) return raw;
  const folder = realpathSync(dirname(path));
  // Most contracts are one file.
  const { $RefParser } = await import("@apidevtools/json-schema-ref-parser");
  const parser = new $RefParser();
  const files = fileReader(folder);
  try {
    // The library's type of a document has fields that an unchecked one may lack.
    const bundled = await parser.bundle(path, structuredClone(raw) as never, {
      resolve: {
        external: true,
        http: false,
        file: { canRead: /^(?!\w{2,}:)/, read: ({ url }: { readonly url: string }) => files.read(url) },
      },
      parse: {
        json: false,
        text: false,
        binary: false,
        yaml: { canParse: true, parse: files.parse },
      },
      mutateInputSchema: false,
    });
    if (isTooLarge(bundled))
      throw new ReferenceRefused("the files that it refers to have too many values, or are nested too deeply");
    return withOwnPathItems(asRecord(bundled));
  } catch (cause) {
    if (cause instanceof ReferenceRefused) throw cause;
    // The library may have wrapped the refusal in an error of its own.
    const refusal = files.refusal();
    if (refusal !== undefined) throw refusal;
    throw new ReferenceRefused(toMessage(cause), { cause });
  }
}

export function hasOutsideReferences(raw: JsonObject): boolean {
  let isFound = false;
  eachNode(raw, (_pointer, { $ref }) => {
    isFound ||= typeof $ref === "string" && !$ref.startsWith("#");
  });
  return isFound;
}

const MAX_FILES = 500;

type ParsedFile = { readonly data: unknown; readonly url: string };

/** Reads and parses files in `folder` or below, up to limits for their number and size. */
function fileReader(folder: string) {
  let [files, characters] = [0, 0];
  let refusal: ReferenceRefused | undefined;
  const refuse = (message: string): never => {
    refusal ??= new ReferenceRefused(message);
    throw refusal;
  };
  return {
    refusal: () => refusal,
    read: (url: string): string => {
      const path = url.startsWith("file:") ? fileURLToPath(url) : decodeURIComponent(url);
      const real = realpathOf(path) ?? refuse(`${path} does not exist: correct the reference`);
      const below = relative(folder, real);
      if (below.startsWith("..") || below.startsWith(sep))
        refuse(`${path} is outside the contract's folder: move it there, or copy what is needed`);
      if (++files > MAX_FILES) refuse(`it refers to more than ${MAX_FILES} files: combine some of them`);
      const text = textOf(real, (message) => refuse(`${path}: ${message}`));
      characters += text.length;
      return characters <= MAX_FILE_BYTES ? text : refuse("the files that it refers to are too large together");
    },
    parse: ({ data, url }: ParsedFile): unknown => {
      const parsed = parseText(String(data));
      if (parsed.kind === "parsed") return parsed.document.toJS({ maxAliasCount: MAX_ALIAS_COPIES });
      const [first] = parsed.findings;
      return refuse(`${url}, line ${first?.line}: ${first?.message}`);
    },
  };
}

function realpathOf(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch {
    return undefined;
  }
}

function textOf(path: string, refuse: (message: string) => never): string {
  try {
    return readText(path);
  } catch (cause) {
    if (cause instanceof TextUnreadable) return refuse(cause.message);
    throw cause;
  }
}

/**
 * Copies path items that refer to another path, because the validator does not follow such references. Bundling leaves
 * one where two paths refer to the same file.
 */
function withOwnPathItems(raw: JsonObject): JsonObject {
  const paths = asRecord(raw["paths"]);
  const own = Object.entries(paths).map(([path, item]) => {
    const ref = asRecord(item)["$ref"];
    const [, name = ""] = /^#\/paths\/([^/]+)$/.exec(String(ref ?? "")) ?? [];
    const target = paths[decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~")];
    return [path, isRecord(target) ? structuredClone(target) : item];
  });
  return { ...raw, paths: Object.fromEntries(own) };
}

/** The message of an error of the library, without the names of its classes. */
function toMessage(cause: unknown): string {
  const { message, source } = asRecord(cause);
  const [line = ""] = String(message ?? "").split("\n", 1);
  if (/^https?:|Unable to resolve.*https?:/i.test(`${line}`) || /no resolver/i.test(line)) {
    return `${line || source}: references may lead only to files in the contract's folder, never to the network`;
  }
  return `a reference to another file cannot be read: ${line}`;
}
