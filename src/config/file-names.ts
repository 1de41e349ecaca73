import type { Setting } from "./setting.ts";

/** The name of a setting in the settings file: `LATCHKEY_MAX_BODY_BYTES` is `maxBodyBytes` there, `PORT` is `port`. */
export function fileNameOf({ name }: Pick<Setting<unknown>, "name">): string {
  const [first = "", ...others] = name
    .replace(/^LATCHKEY_/, "")
    .toLowerCase()
    .split("_");
  return first + others.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join("");
}

/** A place in the settings file, with 1-based numbers. */
export type FilePlace = { readonly file: string; readonly line: number; readonly column: number };

/** `file:line:column`, which editors and terminals turn into links. */
export function placeText({ file, line, column }: FilePlace): string {
  return `${file}:${line}:${column}`;
}
