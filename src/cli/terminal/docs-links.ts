import { existsSync } from "node:fs";
import { paint } from "./painted.ts";
import type { Screen } from "./screen.ts";

/** Where the pages are in a clone; the package does not have them. */
const ROOT = new URL("../../../", import.meta.url);

const PAGE = /docs\/[\w/-]+\.md/g;

/** `text` with links to the pages under docs/ that it names, where they are on this machine. */
export function paintWithDocs(text: string, screen: Screen): string {
  let shown = "";
  let end = 0;
  for (const { 0: page, index } of text.matchAll(PAGE)) {
    const url = new URL(page, ROOT);
    shown += paint(text.slice(end, index), screen);
    shown += existsSync(url) ? paint({ text: page, link: url.href }, screen) : paint(page, screen);
    end = index + page.length;
  }
  return shown + paint(text.slice(end), screen);
}
