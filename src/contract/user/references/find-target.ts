import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Pointer } from "../../document/finding.ts";
import { asRecord, findAt, parsePointer } from "../../document/json.ts";
import { findResources, type Resource, resolveUri, resourceAt } from "./identifiers.ts";
import { ReferenceRefused, type SourceFile, type SourceFiles } from "./source-files.ts";

/** A place in one of the files of a contract. */
export type Spot = { readonly file: SourceFile; readonly place: Pointer };

/** What a reference leads to. */
export type Target = Spot & { readonly value: unknown };

/** One text for each spot. */
export function spotName({ file, place }: Spot): string {
  return JSON.stringify([file.url, ...place.map(String)]);
}

/**
 * What a reference at a place leads to: in the same file, in another one, or in a schema with that `$id`.
 * @throws ReferenceRefused
 */
export type FindTarget = (reference: string, from: Spot) => Target;

export function createFindTarget(files: SourceFiles): FindTarget {
  const resourcesOf = new Map<SourceFile, readonly Resource[]>();
  const byUri = new Map<string, Resource>();
  const register = (file: SourceFile): readonly Resource[] => {
    const known = resourcesOf.get(file);
    if (known !== undefined) return known;
    const found = findResources(file);
    resourcesOf.set(file, found);
    for (const resource of found) if (!byUri.has(resource.uri)) byUri.set(resource.uri, resource);
    return found;
  };
  const wholeOf = (file: SourceFile): Resource | undefined => register(file)[0];

  const findResource = (reference: string, { file, place }: Spot): Resource | undefined => {
    const current = resourceAt(register(file), place);
    if (reference.startsWith("#") || current === undefined) return current;
    const uri = resolveUri(reference, current.uri);
    const known = uri === undefined ? undefined : byUri.get(uri);
    if (known !== undefined) return known;
    // Files often have an `$id` on the web, and refer to one another on the disk.
    const path = resolveUri(reference, file.url);
    const url = path === undefined ? undefined : new URL(path);
    if (url?.protocol !== "file:" || url.host !== "") throw new ReferenceRefused(networkMessage(reference));
    if (!namesFile(url)) throw new ReferenceRefused(`${reference} is not the path of a file: correct the reference`);
    return wholeOf(files.load(withExtension(url)));
  };

  const findTarget = (reference: string, from: Spot, depth: number): Target => {
    const resource = findResource(reference, from);
    const fragment = reference.includes("#") ? reference.slice(reference.indexOf("#") + 1) : "";
    const place = resource && placeOf(resource, fragment);
    const target = resource && place && findPast(resource.file, place, depth);
    if (target === undefined) throw new ReferenceRefused(`${reference} does not exist: correct the reference`);
    return target;
  };

  /** What is at `place`; some programs write pointers that lead through references. */
  const findPast = (file: SourceFile, place: Pointer, depth: number): Target | undefined => {
    const value = findAt(file.content, place.map(String));
    if (value !== undefined) return { file, place, value };
    for (let length = place.length - 1; length > 0 && depth < MAX_DEPTH; length--) {
      const start = place.slice(0, length);
      const holder = findAt(file.content, start.map(String));
      if (holder === undefined) continue;
      const { $ref } = asRecord(holder);
      if (typeof $ref !== "string") return undefined;
      const target = findTarget($ref, { file, place: start }, depth + 1);
      return findPast(target.file, [...target.place, ...place.slice(length)], depth + 1);
    }
    return undefined;
  };
  return (reference, from) => findTarget(reference, from, 0);
}

/** Through how many references one pointer may lead. */
const MAX_DEPTH = 20;

function placeOf({ place, anchors }: Resource, fragment: string): Pointer | undefined {
  if (fragment === "") return place;
  return fragment.startsWith("/") ? [...place, ...parsePointer(`#${fragment}`)] : anchors.get(fragment);
}

function networkMessage(reference: string): string {
  return `${reference} is not in this contract: references may lead only to files in the contract's folder, never to the network`;
}

/** Has it no encoded slash, and no broken encoding? */
function namesFile(url: URL): boolean {
  try {
    return fileURLToPath(url) !== "";
  } catch {
    return false;
  }
}

/** Some authors leave out how a file's name ends. */
function withExtension(url: URL): URL {
  const ends = ["", ".yaml", ".yml", ".json"].map((end) => new URL(`${url.href}${end}`));
  return ends.find((one) => existsSync(fileURLToPath(one))) ?? url;
}
