// Lays out dist-package/ as it is published: what was built, a README of its own, and only what a consumer needs to know
// of package.json. REPOSITORY_URL and the version lead the links of the README to the pages of this version.
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT, readManifest, STAGE } from "./places.ts";
import { publishedReadme, repositoryFields } from "./repository.ts";

const FIELDS = [
  ...["name", "version", "description", "keywords", "license", "type", "bin", "files", "exports", "engines"],
  ...["dependencies", "publishConfig"],
];

const manifest = readManifest(ROOT);
rmSync(STAGE, { recursive: true, force: true });
mkdirSync(STAGE);
for (const name of [...manifest.files, "LICENSE"]) cpSync(join(ROOT, name), join(STAGE, name), { recursive: true });
const readme = readFileSync(join(ROOT, "packages/latchkey/README.md"), "utf8");
writeFileSync(join(STAGE, "README.md"), publishedReadme(readme, manifest.version));
const published = { ...Object.fromEntries(FIELDS.map((name) => [name, manifest[name]])), ...repositoryFields() };
writeFileSync(join(STAGE, "package.json"), `${JSON.stringify(published, null, 2)}\n`);
