import { commandText } from "../../lib/command-text.ts";
import type { Report } from "../document/finding.ts";
import type { Outline } from "../model/outline.ts";

/** Reports a document that is not OpenAPI 3.1, and returns false: other versions give other meanings to their words. */
export function checkVersion({ document: { root } }: Outline, report: Report): boolean {
  const { openapi, swagger } = root;
  if (typeof openapi === "string" && /^3\.1\.\d+$/.test(openapi)) return true;
  const word = openapi === undefined && swagger !== undefined ? "swagger" : "openapi";
  report([word], `this is not an OpenAPI 3.1 document${hintFor(String(root[word] ?? ""))}`);
  return false;
}

function hintFor(version: string): string {
  if (version === "") return " or does not declare its version: add openapi: 3.1.1 if it is one";
  const [, hint] = FIXES.find(([family]) => family.test(version)) ?? [];
  return hint === undefined ? `: use openapi: 3.1.1 instead of ${version}` : ` but one of ${version}: ${hint}`;
}

const FIXES: readonly (readonly [RegExp, string])[] = [
  [/^2(?:\.\d+)?$/, `${commandText("init FILE")} converts it, and writes a copy that can be served`],
  [/^1(?:\.\d+)?$/, "convert it to OpenAPI 3.1"],
  [
    /^3\.0(?:\.\d+)?$/,
    "use openapi: 3.1.1 and fix what is found then (3.0 has no scopes for API keys, and writes null differently)",
  ],
  [/^3\.2(?:\.\d+)?$/, "use openapi: 3.1.1 and remove what only 3.2 has"],
];
