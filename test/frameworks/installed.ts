import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import typescript from "typescript";
import { installOnce, runNeeded } from "../support/install-once.ts";
import { ROOT } from "../support/programs/packed.ts";

const SOURCES = join(ROOT, "test/frameworks");
const CACHE = join(ROOT, "node_modules/.cache/latchkey-frameworks");

/** Installs the Python frameworks into an environment of their own, once. @returns its interpreter. */
export function installedPython(): string {
  const folder = join(CACHE, "python");
  const python = join(folder, "bin/python");
  const requirements = join(SOURCES, "python/requirements.txt");
  installOnce(folder, readFileSync(requirements, "utf8"), () => {
    runNeeded(
      "python3",
      ["-m", "venv", folder],
      "Python 3 with its module venv (apt-get install python3 python3-venv)",
    );
    runNeeded(python, ["-m", "pip", "install", "--quiet", "--requirement", requirements], "the packages of PyPI");
  });
  return python;
}

/** Installs the Node frameworks into a folder of their own, once, with the shops that run on them. @returns the folder. */
export function installedNode(): string {
  const folder = join(CACHE, "node");
  const sources = join(SOURCES, "node");
  installOnce(folder, readFileSync(join(sources, "package-lock.json"), "utf8"), () => {
    for (const file of ["package.json", "package-lock.json"]) copyFileSync(join(sources, file), join(folder, file));
    runNeeded("npm", ["ci", "--silent", "--prefix", folder], "the packages of the npm registry");
  });
  for (const file of ["shop-fastify.js", "calls.js"]) copyFileSync(join(sources, file), join(folder, file));
  const text = readFileSync(join(sources, "shop-nest.ts"), "utf8");
  writeFileSync(
    join(folder, "shop-nest.js"),
    typescript.transpileModule(text, { compilerOptions: DECORATED }).outputText,
  );
  return folder;
}

/** As a NestJS project is compiled. */
const DECORATED = {
  experimentalDecorators: true,
  emitDecoratorMetadata: true,
  useDefineForClassFields: false,
  module: typescript.ModuleKind.ESNext,
  target: typescript.ScriptTarget.ES2022,
};
