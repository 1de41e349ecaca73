import type { Report } from "../document/finding.ts";
import type { Outline } from "../model/outline.ts";

/** Says what `document` is when it is no OpenAPI 3.1; the words of other versions mean other things. */
export function checkVersion({ document: { root } }: Outline, report: Report): boolean {
  const { openapi, swagger } = root;
  if (typeof openapi === "string" && /^3\.1\.\d+$/.test(openapi)) return true;
  const word = openapi === undefined && swagger !== undefined ? "swagger" : "openapi";
  report([word], `this is no OpenAPI 3.1 document${hintFor(String(root[word] ?? ""))}`);
  return false;
}

function hintFor(version: string): string {
  if (version === "") return ", for it names no version: write openapi: 3.1.1 if it is one";
  const [, hint] = CURES.find(([family]) => family.test(version)) ?? [];
  return hint === undefined ? `: write openapi: 3.1.1 instead of ${version}` : ` but one of ${version}: ${hint}`;
}

const CURES: readonly (readonly [RegExp, string])[] = [
  [/^[12](?:\.\d+)?$/, "convert it to OpenAPI 3.1, for 2.0 knows neither requestBody nor components"],
  [
    /^3\.0(?:\.\d+)?$/,
    "write openapi: 3.1.1 and cure what is found then (3.0 knows no scopes for API keys, and spells null otherwise)",
  ],
  [/^3\.2(?:\.\d+)?$/, "write openapi: 3.1.1 and leave out what only 3.2 knows, for the validator refuses 3.2"],
];
