import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, relative } from "node:path";
import { build, type Plugin } from "esbuild";
import { SWAGGER_UI_FILES } from "../../src/http/pages/docs-files.ts";
import { ROOT, readManifest } from "./places.ts";

/** The packages that become a part of this one: see docs/decisions/0045. */
const { vendored: VENDORED, dependencies: DEPENDENCIES } = readManifest(ROOT);

/** Where they go, below dist/. */
const FOLDER = "vendor";

const SPECIFIER = new RegExp(`(?<=(?:from |import\\(|import )")(?:${VENDORED.join("|")})(?:/[^"]*)?(?=")`, "g");

export type VendoredPackage = { readonly name: string; readonly version: string; readonly license: string };

/** Bundles the packages into `dist`, and makes its files import the bundles. Their dependencies are bundled too. */
export async function vendor(dist: string): Promise<void> {
  const files = readdirSync(dist, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".js"));
  const specifiers = new Set(files.flatMap((name) => readFileSync(join(dist, name), "utf8").match(SPECIFIER) ?? []));
  const packages = await bundle([...specifiers], join(dist, FOLDER));
  for (const name of files) redirect(join(dist, name), dist);
  copySwaggerUi(join(dist, FOLDER));
  writeNotices(packages, join(dist, FOLDER));
}

/** @returns the folders of all packages that are in the bundles. */
async function bundle(specifiers: readonly string[], folder: string): Promise<ReadonlySet<string>> {
  const { metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: Object.fromEntries(specifiers.map((specifier) => [nameOf(specifier), specifier])),
    outdir: folder,
    bundle: true,
    // What several of them need is there once, and what is imported late is loaded late.
    splitting: true,
    format: "esm",
    platform: "node",
    target: "node24",
    metafile: true,
    legalComments: "none",
    external: Object.keys(DEPENDENCIES),
    banner: { js: 'import { createRequire } from "node:module";\nconst require = createRequire(import.meta.url);' },
    plugins: [namedExports(), swaggerUiFolder()],
  });
  const inputs = Object.keys(metafile.inputs).filter((path) => path.startsWith("node_modules/"));
  return new Set(inputs.map((path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path));
}

/** The packages are CommonJS: lists the names that Node would find in them, which esbuild does not. */
function namedExports(): Plugin {
  return {
    name: "named exports",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /./ }, ({ path, kind }) =>
        kind === "entry-point" ? { path, namespace: "named-exports" } : undefined,
      );
      onLoad({ filter: /./, namespace: "named-exports" }, async ({ path }) => {
        const names = Object.keys(await import(path)).filter(
          (name) => name !== "module.exports" && name !== "__esModule",
        );
        return { contents: `export { ${names.join(", ")} } from "${path}";`, resolveDir: ROOT };
      });
    },
  };
}

/** The package that says where the files of Swagger UI are: here they are beside the bundle. */
function swaggerUiFolder(): Plugin {
  return {
    name: "folder of Swagger UI",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^swagger-ui-dist\/absolute-path(?:\.js)?$/ }, () => ({
        path: "folder",
        namespace: "swagger-ui-dist",
      }));
      onLoad({ filter: /./, namespace: "swagger-ui-dist" }, () => ({
        contents: 'module.exports = () => require.resolve("./swagger-ui-dist/LICENSE").replace(/LICENSE$/, "");',
        resolveDir: ROOT,
      }));
    },
  };
}

function nameOf(specifier: string): string {
  return specifier.replace(/\.js$/, "").replaceAll("/", "-");
}

function redirect(file: string, dist: string): void {
  const text = readFileSync(file, "utf8");
  const place = relative(dirname(file), join(dist, FOLDER));
  const changed = text.replace(
    SPECIFIER,
    (specifier) => `${place.startsWith(".") ? "" : "./"}${place}/${nameOf(specifier)}.js`,
  );
  if (changed !== text) writeFileSync(file, changed);
}

/** The files that the page needs; the package has ten times as many bytes. */
function copySwaggerUi(folder: string): void {
  const from = dirname(createRequire(import.meta.url).resolve("swagger-ui-dist/package.json"));
  mkdirSync(join(folder, "swagger-ui-dist"), { recursive: true });
  const legal = readdirSync(from).filter((name) =>
    /^(?:LICENSE|NOTICE)$|^swagger-ui-(?:bundle|standalone.*)\.js\.LICENSE/.test(name),
  );
  for (const name of [...SWAGGER_UI_FILES, ...legal])
    copyFileSync(join(from, name), join(folder, "swagger-ui-dist", name));
}

/** Licenses ask for their text to stay with the code; package.json names what is in here, for people and for the SBOM. */
function writeNotices(folders: ReadonlySet<string>, folder: string): void {
  const found = [...folders, "node_modules/swagger-ui-dist"].sort().map((place) => {
    const { name, version, license } = readManifest(join(ROOT, place));
    const text = readdirSync(join(ROOT, place)).find((file) => /^licen[cs]e/i.test(file));
    if (typeof license !== "string") throw new Error(`${name} does not name its license.`);
    return { name, version, license, text: text === undefined ? "" : readFileSync(join(ROOT, place, text), "utf8") };
  });
  const unique = [...new Map(found.map((one) => [`${one.name}@${one.version}`, one])).values()];
  const notices = unique.map(
    ({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text.trim()}\n`,
  );
  writeFileSync(join(folder, "LICENSES.txt"), notices.join(`\n${"-".repeat(80)}\n\n`));
  const listed = unique.map(({ name, version, license }) => ({ name, version, license }) satisfies VendoredPackage);
  writeFileSync(join(folder, "packages.json"), `${JSON.stringify(listed, null, 2)}\n`);
}
