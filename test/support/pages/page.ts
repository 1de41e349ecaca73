import { readFileSync } from "node:fs";
import { join } from "node:path";

const DOCS = join(import.meta.dirname, "../../../docs");

/** The code blocks in `language` of a page under docs/, in order. */
export function blocksOf(page: string, language: string): readonly string[] {
  const text = readFileSync(join(DOCS, page), "utf8");
  const fences = new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm");
  return [...text.matchAll(fences)].map(([, block = ""]) => block);
}
