import { asList } from "../document/json.ts";
import type { FoundOperation } from "../model/outline.ts";

const MAX_CHARACTERS = 50;

/** `pets:read` for a `GET` with the tag `Pets`; without a tag, from the first word of the path. */
export function guessScope(
  { method, path, operation }: FoundOperation,
  isReserved: (scope: string) => boolean,
): string {
  const [tag] = asList(operation["tags"]);
  const segments = path.split("/").filter((segment) => segment !== "" && !/^\{|^v\d+$|^api$/i.test(segment));
  const resource = toKebab(typeof tag === "string" ? tag : "") || toKebab(segments[0] ?? "") || "api";
  return toScope(`${resource}:${["get", "head"].includes(method) ? "read" : "write"}`, isReserved);
}

/** Turns a scope of another kind of security into one that keys can have. */
export function toScope(written: string, isReserved: (scope: string) => boolean): string {
  const scope = written
    .replaceAll(/[^0-9A-Za-z._:/-]+/g, "-")
    .replace(/^[^0-9A-Za-z]+/, "")
    .slice(0, MAX_CHARACTERS);
  return isReserved(scope) ? `app-${scope}` : scope || "api";
}

function toKebab(text: string): string {
  return text
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "");
}
