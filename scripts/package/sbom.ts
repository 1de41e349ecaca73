// Prints the CycloneDX SBOM of the package: what a consumer installs, as npm lists it, and what is bundled in dist/vendor.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { DIST, ROOT } from "./places.ts";
import type { VendoredPackage } from "./vendor.ts";

type Sbom = {
  readonly metadata: { readonly component: { readonly "bom-ref": string } };
  readonly components: object[];
  readonly dependencies: { readonly ref: string; readonly dependsOn: string[] }[];
};

const words = ["sbom", "--sbom-format", "cyclonedx", "--omit", "dev", "--package-lock-only"];
const sbom: Sbom = JSON.parse(execFileSync("npm", words, { cwd: ROOT, encoding: "utf8" }));
const bundled: readonly VendoredPackage[] = JSON.parse(readFileSync(join(DIST, "vendor/packages.json"), "utf8"));
const own = sbom.metadata.component["bom-ref"];

for (const { name, version, license } of bundled) {
  const ref = `${own}|bundled|${name}@${version}`;
  const purl = `pkg:npm/${name.replace("@", "%40")}@${version}`;
  sbom.components.push({
    "bom-ref": ref,
    type: "library",
    name,
    version,
    purl,
    licenses: [{ license: { id: license } }],
  });
  sbom.dependencies.find((one) => one.ref === own)?.dependsOn.push(ref);
  sbom.dependencies.push({ ref, dependsOn: [] });
}
console.log(JSON.stringify(sbom, null, 2));
