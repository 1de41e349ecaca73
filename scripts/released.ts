// Compares openapi.yaml with the contract of the last release. A breaking change needs a new major version.
// node scripts/released.ts            the check, part of npm run check:contract
// node scripts/released.ts OLD NEW    the same check for any two files
// node scripts/released.ts --keep     at a release: stores openapi.yaml under its version
import { spawnSync } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";

const ROOT = join(import.meta.dirname, "..");
const FOLDER = join(ROOT, "docs/released");
const CONTRACT = join(ROOT, "openapi.yaml");

type Place = { readonly file: string; readonly line: number };
type Change = {
  readonly path: string;
  readonly kind: string;
  readonly impact: "major" | "minor" | "patch";
  readonly verdicts: readonly { readonly message: string }[];
  readonly base?: Place;
  readonly revision?: Place;
};
type Report = {
  readonly infoVersions: { readonly base: string; readonly revision: string };
  readonly changes: readonly Change[];
};

const [first, second] = process.argv.slice(2);
if (first === "--keep") keep();
else check(first ?? newest(), second ?? CONTRACT);

function keep() {
  const { version } = parse(readFileSync(CONTRACT, "utf8"), { maxAliasCount: 1000 }).info;
  copyFileSync(CONTRACT, join(FOLDER, `openapi-${version}.yaml`));
  console.log(`docs/released/openapi-${version}.yaml is now a copy of openapi.yaml.`);
}

function newest(): string {
  const versions = readdirSync(FOLDER).flatMap((name) => /^openapi-(\d+\.\d+\.\d+)\.yaml$/.exec(name)?.[1] ?? []);
  const [last] = versions.toSorted((one, other) => other.localeCompare(one, "en", { numeric: true }));
  if (last === undefined) throw new Error("docs/released contains no contract.");
  return join(FOLDER, `openapi-${last}.yaml`);
}

function check(old: string, current: string) {
  const { infoVersions: versions, changes } = diff(old, current);
  const breaking = changes.filter(({ impact }) => impact === "major");
  const isAllowed = majorOf(versions.revision) > majorOf(versions.base);
  console.log(`${changes.length} changes since ${versions.base}, ${breaking.length} of them breaking.`);
  if (breaking.length === 0 || isAllowed) return;
  for (const change of breaking) console.error(wordsOf(change));
  console.error(
    `Take them back, or raise info.version from ${versions.revision} to ${majorOf(versions.base) + 1}.0.0.`,
  );
  process.exitCode = 1;
}

function diff(old: string, current: string): Report {
  const config = join(ROOT, "redocly.yaml");
  const words = ["diff", old, current, "--config", config, "--format", "json", "--fail-on", "none"];
  const { stdout, stderr, error } = spawnSync(join(ROOT, "node_modules/.bin/redocly"), words, {
    encoding: "utf8",
    env: { ...process.env, REDOCLY_TELEMETRY: "off" },
    maxBuffer: 64 * 1024 * 1024,
  });
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`redocly diff compared nothing: ${stderr}`, { cause: error ?? cause });
  }
}

function wordsOf({ path, kind, verdicts, base, revision }: Change): string {
  const place = revision ?? base;
  const why = verdicts.map(({ message }) => message).join(" ");
  return `${place?.file}:${place?.line}: ${path} ${kind}. ${why}`;
}

function majorOf(version: string): number {
  return Number(version.split(".")[0]);
}
