import { dirname, extname, relative, resolve, sep } from "node:path";
import type { Pointer } from "../document/finding.ts";
import { asRecord, findAt, isRecord, type JsonObject, parsePointer } from "../document/json.ts";
import { type LoadedDocument, loadDocument } from "../document/load.ts";
import { writeDifferences } from "./text/write-differences.ts";

/** A contract with the paths and operations that it keeps in other files. */
export type ContractFiles = {
  /** The document with these parts in place of the references to them. */
  readonly whole: JsonObject;
  /** The texts to write, by path, when `whole` has become `after`. Files of which nothing changed are left out. */
  readonly write: (after: JsonObject, out: string) => ReadonlyMap<string, string>;
};

type Part = {
  /** Where it stands in the whole document. */
  readonly place: Pointer;
  readonly file: string;
  readonly pointer: readonly string[];
  /** The file with the reference, and where that is. */
  readonly holder: { readonly file: string; readonly pointer: Pointer };
  readonly ref: string;
};

/** More files than any contract has. */
const MOST_FILES = 500;

/**
 * Reads a contract and the other files in its folder that its `paths` refer to. References to anything else stay as they
 * are.
 * @param file the path of the document, whose content is `loaded`.
 * @throws ContractUnreadable
 */
export function openContractFiles(file: string, loaded: LoadedDocument): ContractFiles {
  const root = resolve(file);
  const files = new Map<string, LoadedDocument>([[root, loaded]]);
  const parts: Part[] = [];
  const whole: JsonObject = JSON.parse(JSON.stringify(loaded.document));
  const open = (path: string) => {
    const known = files.get(path) ?? (files.size < MOST_FILES ? loadDocument(path) : undefined);
    if (known !== undefined) files.set(path, known);
    return known;
  };

  /** Puts what the reference at `place` leads to in its place, and does the same below it. */
  const expand = (place: Pointer, holder: Part["holder"], depth: number) => {
    const { $ref, ...beside } = asRecord(findAt(whole, place.map(String)));
    let here = holder;
    if (typeof $ref === "string" && !$ref.startsWith("#") && Object.keys(beside).length === 0) {
      const target = targetOf($ref, holder.file, dirname(root));
      const found = target && findAt(open(target.file)?.document, target.pointer);
      if (target === undefined || !isRecord(found)) return;
      setIn(whole, place, JSON.parse(JSON.stringify(found)));
      parts.push({ place, ...target, holder, ref: $ref });
      here = target;
    }
    if (depth === 0) return;
    for (const key of Object.keys(asRecord(findAt(whole, place.map(String))))) {
      if (!key.startsWith("x-") && key !== "parameters") {
        expand([...place, key], { file: here.file, pointer: [...here.pointer, key] }, depth - 1);
      }
    }
  };
  expand(["paths"], { file: root, pointer: ["paths"] }, 2);
  return { whole, write: (after, out) => textsOf(after, { root, out: resolve(out), files, parts }) };
}

function targetOf(ref: string, from: string, folder: string) {
  const [path = "", fragment = ""] = ref.split("#", 2);
  if (/^[a-z][a-z0-9+.-]*:/i.test(path)) return undefined;
  const file = resolve(dirname(from), decodeURIComponent(path));
  if (!file.startsWith(`${folder}${sep}`)) return undefined;
  return { file, pointer: fragment === "" ? [] : parsePointer(`#${fragment}`) };
}

type Written = {
  readonly root: string;
  readonly out: string;
  readonly files: ReadonlyMap<string, LoadedDocument>;
  readonly parts: readonly Part[];
};

function textsOf(after: JsonObject, { root, out, files, parts }: Written): ReadonlyMap<string, string> {
  const rest: JsonObject = JSON.parse(JSON.stringify(after));
  const changed = new Map(
    [...files].map(([file, { document }]) => [file, JSON.parse(JSON.stringify(document)) as JsonObject]),
  );
  const isChanged = (file: string) => JSON.stringify(changed.get(file)) !== JSON.stringify(files.get(file)?.document);
  // The deepest first: a part that moves changes the file that refers to it.
  for (const { place, file, pointer, holder, ref } of parts.toReversed()) {
    const document = changed.get(file);
    const value = findAt(rest, place.map(String));
    if (document === undefined) continue;
    if (pointer.length === 0) changed.set(file, asRecord(value));
    else setIn(document, pointer, value);
    const $ref = isChanged(file) ? refTo(copyOf(file), holder.file === root ? out : holder.file, ref) : ref;
    setIn(rest, place, { $ref });
  }
  changed.set(root, rest);
  return new Map(
    [...changed.keys()]
      .filter((file) => file === root || isChanged(file))
      .map((file) => {
        const { text, document } = files.get(file) ?? { text: "", document: {} };
        return [file === root ? out : copyOf(file), writeDifferences(text, document, changed.get(file) ?? {})];
      }),
  );
}

/** `paths/pets.yaml` → `paths/pets.latchkey.yaml` */
export function copyOf(file: string): string {
  const extension = extname(file);
  const base = extension === "" ? file : file.slice(0, -extension.length);
  return base.endsWith(".latchkey") ? file : `${base}.latchkey${extension === "" ? ".yaml" : extension}`;
}

function refTo(file: string, from: string, ref: string): string {
  const path = relative(dirname(from), file).split(sep).map(encodeURIComponent).join("/");
  const [, fragment] = ref.split("#", 2);
  return `${path.startsWith(".") ? path : `./${path}`}${fragment === undefined ? "" : `#${fragment}`}`;
}

function setIn(document: JsonObject, pointer: Pointer, value: unknown) {
  const holder = findAt(document, pointer.slice(0, -1).map(String));
  if (isRecord(holder)) Object.assign(holder, { [String(pointer.at(-1))]: value });
}
