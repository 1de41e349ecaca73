import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export type OldNode = { readonly command: readonly string[]; readonly version: string };

/** A Node that says it is of this version. It is not, so it reads all that the real one could not. */
export function nodeThatSays(version: string): OldNode {
  const lie = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  return { command: [process.execPath, "--import", `data:text/javascript,${encodeURIComponent(lie)}`], version };
}

/** A real Node below `major` where the machine has one in its PATH, otherwise one that says it is. */
export function nodeBelow(major: number): OldNode {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const program = join(folder, "node");
    if (!existsSync(program)) continue;

    const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim().slice(1);
    if (Number.parseInt(version, 10) < major) return { command: [program], version };
  }
  return nodeThatSays(`${major - 4}.19.0`);
}
