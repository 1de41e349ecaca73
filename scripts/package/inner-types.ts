import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";

/** Removes all declaration files below `folder` that `face` does not lead to: no import from outside can reach them. */
export function removeInnerTypes(folder: string, face: string): void {
  const needed = reachableFrom(join(folder, face));
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (name.endsWith(".d.ts") && !needed.has(join(folder, name))) rmSync(join(folder, name));
  }
}

/** The declaration files that `file` imports, directly or not, and itself. */
function reachableFrom(file: string, found = new Set<string>()): ReadonlySet<string> {
  if (found.has(file)) return found;

  found.add(file);
  for (const [, specifier = ""] of readFileSync(file, "utf8").matchAll(/(?:from|import)\s*\(?\s*"(\.[^"]+)"/g))
    reachableFrom(join(file, "..", specifier).replace(/(?<!\.d)\.[jt]s$/, ".d.ts"), found);
  return found;
}
