import { existsSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join, relative, resolve, sep } from "node:path";

/** How this process was started. */
export type Start = {
  /** The path of the program as the shell gave it, which may be a link. */
  readonly script: string;
  /** The root of the clone or the package. */
  readonly root: string;
  /** A clone runs the sources. */
  readonly isSource: boolean;
  readonly workingDirectory: string;
  /** The variable PATH. */
  readonly searchPath: string;
};

/** How to start this program again from the same shell, so that printed commands work as they are printed. */
export function commandNameOf({ script, root, isSource, workingDirectory, searchPath }: Start): string {
  if (isSource && isInside(workingDirectory, root)) return "npm run -s latchkey --";
  if (dirname(script).endsWith(join("node_modules", ".bin"))) return "npx latchkey";
  if (isOnSearchPath(script, searchPath)) return "latchkey";
  const projects = root.split(`${sep}node_modules${sep}`);
  if (projects.length > 1 && isInside(workingDirectory, projects[0] ?? "")) return "npx latchkey";
  const path = relative(workingDirectory, script);
  return `node ${quoted(path.startsWith("..") ? script : path)}`;
}

function isInside(folder: string, root: string): boolean {
  return folder === root || folder.startsWith(root.endsWith(sep) ? root : `${root}${sep}`);
}

/** Does the shell find this program by its name? The folders that npm adds for its scripts do not count. */
function isOnSearchPath(script: string, searchPath: string): boolean {
  const folders = searchPath.split(delimiter).filter((folder) => folder !== "" && basename(folder) !== ".bin");
  return folders.some((folder) => leadTogether(join(folder, "latchkey"), script));
}

function leadTogether(one: string, other: string): boolean {
  return existsSync(one) && existsSync(other) && realpathSync(one) === realpathSync(resolve(other));
}

function quoted(path: string): string {
  return /^[\w./@+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
