// Runs main.ts in a clone. An old Node must be able to run this file, and nothing is installed when it runs before `npm ci`.
import { existsSync, readFileSync } from "node:fs";
import module from "node:module";
import { fileURLToPath } from "node:url";
import { findNodeProblem } from "./needed-node.cjs";

const CLONE = new URL("../../", import.meta.url);

const problem = findMissingPackage() ?? findOldNode();
if (problem === undefined) {
  // Node would load its compiler for TypeScript (50 ms, 10 MB) for the first such file that it meets before the compile
  // cache is on; after that it takes what it compiled before.
  module.enableCompileCache(fileURLToPath(new URL("node_modules/.cache/latchkey", CLONE)));
  await import("./main.ts");
} else {
  process.stderr.write(`${problem}\n`);
  process.exitCode = 1;
}

function findMissingPackage() {
  const { dependencies, vendored } = JSON.parse(readFileSync(new URL("package.json", CLONE), "utf8"));
  const missing = [...Object.keys(dependencies), ...vendored].filter(
    (name) => !existsSync(new URL(`node_modules/${name}/package.json`, CLONE)),
  );
  if (missing.length === 0) return undefined;

  const what = missing.length > 3 ? "its packages are not installed" : `${missing.join(", ")} is not installed`;
  return `Latchkey cannot start, because ${what}: run "npm ci" in ${fileURLToPath(CLONE)} first.`;
}

/** `npm ci` installs a Node of its own, which npm finds before the one of the machine. */
function findOldNode() {
  const tooOld = findNodeProblem();
  return tooOld && `${tooOld} "npm start" uses the one that "npm ci" installed here.`;
}
