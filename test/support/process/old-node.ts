import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

export type OldNode = { readonly command: readonly string[]; readonly version: string };

/** The current Node, reporting another version. It can still run code that the real old one could not. */
export function nodeReporting(version: string): OldNode {
  const override = `Object.defineProperty(process.versions, "node", { value: "${version}" })`;
  return { command: [process.execPath, "--import", `data:text/javascript,${encodeURIComponent(override)}`], version };
}

/** A real Node below `major` if one is in PATH, otherwise the current one that reports such a version. */
export function nodeBelow(major: number): OldNode {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const program = join(folder, "node");
    if (!existsSync(program)) continue;

    const version = execFileSync(program, ["--version"], { encoding: "utf8" }).trim().slice(1);
    if (Number.parseInt(version, 10) < major) return { command: [program], version };
  }
  return nodeReporting(`${major - 4}.19.0`);
}
