import { readFileSync, realpathSync } from "node:fs";
import { dirname, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { $RefParser } from "@apidevtools/json-schema-ref-parser";
import { parse } from "yaml";
import { asRecord, isRecord, type JsonObject } from "./json.ts";
import { eachNode } from "./walk.ts";

/** A reference that leads where none may lead, or nowhere; the message names it and the cure. */
export class ReferenceRefused extends Error {}

/**
 * `document`, read from the file `path`, with everything that it refers to in other files. These must lie in the folder
 * of that file or below: a contract is somebody else's text, and must not make the service read files or call hosts.
 * @throws ReferenceRefused
 */
export async function bundle(document: JsonObject, path: string): Promise<JsonObject> {
  if (!hasOutsideReferences(document)) return document;
  const folder = realpathSync(dirname(path));
  const parser = new $RefParser();
  try {
    const bundled = await parser.bundle(path, structuredClone(document) as never, {
      resolve: {
        external: true,
        http: false,
        file: { canRead: /^(?!\w{2,}:)/, read: ({ url }: { readonly url: string }) => readWithin(folder, url) },
      },
      parse: {
        json: false,
        text: false,
        binary: false,
        yaml: { canParse: true, parse: ({ data }: { readonly data: unknown }) => parseText(data) },
      },
      mutateInputSchema: false,
    });
    return withOwnPathItems(asRecord(bundled));
  } catch (cause) {
    if (cause instanceof ReferenceRefused) throw cause;
    throw new ReferenceRefused(toMessage(cause), { cause });
  }
}

export function hasOutsideReferences(document: JsonObject): boolean {
  let isFound = false;
  eachNode(document, (_pointer, { $ref }) => {
    isFound ||= typeof $ref === "string" && !$ref.startsWith("#");
  });
  return isFound;
}

function readWithin(folder: string, url: string): string {
  const path = url.startsWith("file:") ? fileURLToPath(url) : decodeURIComponent(url);
  const real = realpathSync(path);
  const below = relative(folder, real);
  if (below.startsWith("..") || below.startsWith(sep)) {
    throw new ReferenceRefused(`${path} is outside the contract's folder: move it there, or copy what is needed`);
  }
  return readFileSync(real, "utf8");
}

function parseText(data: unknown): unknown {
  return parse(String(data), { maxAliasCount: 1000 });
}

/** The validator does not follow a path that refers to another path, which is what bundling leaves of the second of two. */
function withOwnPathItems(document: JsonObject): JsonObject {
  const paths = asRecord(document["paths"]);
  const own = Object.entries(paths).map(([path, item]) => {
    const ref = asRecord(item)["$ref"];
    const [, name = ""] = /^#\/paths\/([^/]+)$/.exec(String(ref ?? "")) ?? [];
    const target = paths[decodeURIComponent(name).replaceAll("~1", "/").replaceAll("~0", "~")];
    return [path, isRecord(target) ? structuredClone(target) : item];
  });
  return { ...document, paths: Object.fromEntries(own) };
}

/** The library wraps what was thrown, and speaks of its own classes. */
function toMessage(cause: unknown): string {
  const { message = "", source } = cause as { readonly message?: string; readonly source?: string };
  const [line = ""] = message.split("\n", 1);
  if (/^https?:|Unable to resolve.*https?:/i.test(`${line}`) || /no resolver/i.test(line)) {
    return `${line || source}: references lead to files in the contract's folder only, never to the network`;
  }
  return `a reference to another file cannot be read: ${line}`;
}
