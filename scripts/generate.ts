// Writes the generated files. With --check, only reports whether they are current.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { toJSONSchema } from "zod";
import { parseContract } from "../src/contract/checks/checks.ts";
import { toLines } from "../src/contract/document/finding.ts";
import { loadDocument } from "../src/contract/document/load.ts";
import {
  DOCUMENT_EXTENSION,
  EXTENSION,
  PARAMETER_EXTENSION,
  SCHEME_EXTENSION,
} from "../src/contract/model/extension.ts";
import { toOperations } from "../src/contract/model/operations.ts";
import { toOutline } from "../src/contract/model/outline.ts";
import { findLines } from "../src/contract/model/source-lines.ts";
import { HANDLED_OPERATIONS } from "../src/http/handlers/handlers.ts";
import { PROBLEMS } from "../src/problem/catalog.ts";
import { type GeneratedContract, sha256Of } from "../src/service/built-in-contract.ts";
import { toOpenApiCheck } from "./openapi-check.ts";
import { toSettingsPage } from "./settings-page.ts";
import { toSettingsSchema } from "./settings-schema.ts";

const ROOT = new URL("../", import.meta.url);
const CONTRACT = new URL("openapi.yaml", ROOT);

const FILES: Readonly<Record<string, () => Promise<string>>> = {
  "openapi.gen.json": contract,
  "src/contract/types.gen.ts": types,
  "src/contract/schemas/openapi.gen.ts": async () => toOpenApiCheck(),
  "packages/client/src/codes.gen.ts": codes,
  "docs/x-latchkey.schema.json": async () => schemaOf("An operation's x-latchkey", EXTENSION),
  "docs/x-latchkey-parameter.schema.json": async () => schemaOf("A parameter's x-latchkey", PARAMETER_EXTENSION),
  "docs/x-latchkey-scheme.schema.json": async () => schemaOf("A security scheme's x-latchkey", SCHEME_EXTENSION),
  "docs/latchkey.schema.json": async () => toSettingsSchema(),
  "docs/settings.md": async () => toSettingsPage(),
  "docs/x-latchkey-document.schema.json": async () => schemaOf("A document's x-latchkey", DOCUMENT_EXTENSION),
};

for (const [path, make] of Object.entries(FILES)) {
  const wanted = await make();
  const place = new URL(path, ROOT);
  const current = await readFile(place, "utf8").catch(() => "");
  if (wanted === current) {
    console.log(`${path} is current`);
  } else if (process.argv.includes("--check")) {
    console.error(`${path} is not what its source says: run npm run generate and commit the result`);
    process.exitCode = 1;
  } else {
    await writeFile(place, wanted);
    console.log(`${path} written`);
  }
}

/** The contract of this service, checked and parsed. */
async function contract(): Promise<string> {
  const loaded = loadDocument(CONTRACT);
  const parsed = parseContract(loaded, { handlers: HANDLED_OPERATIONS });
  if (parsed.kind === "refused")
    throw new Error(`The contract is refused.\n${toLines("openapi.yaml", parsed.findings)}`);
  const { text, document, lineOf } = loaded;
  const generated: GeneratedContract = {
    sha256: sha256Of(text),
    lines: findLines(parsed.contract.outline, lineOf),
    document,
  };
  return `${JSON.stringify(generated, null, 1)}\n`;
}

/** The types of the contract of this service. */
async function types(): Promise<string> {
  const operations = toOperations(toOutline(loadDocument(CONTRACT).document));
  const union = (names: readonly string[]) => names.map((name) => JSON.stringify(name)).join(" | ") || "never";
  const defaulted = operations.map(({ id, defaultedParameters }) => `  ${id}: ${union(defaultedParameters)};`);
  return `// Generated from openapi.yaml by \`npm run generate\`. Do not edit.

${astToString(await openapiTS(CONTRACT, { silent: true }))}
/** Every operation of the contract. */
export type OperationId = keyof operations;

/** The operations that need no key (\`security: []\`). */
export type PublicOperationId = ${union(operations.filter((operation) => operation.isPublic).map(({ id }) => id))};

/** The parameters with a default, which the validator fills in. */
export type DefaultedParameters = {
${defaulted.join("\n")}
};
`;
}

/**
 * The contract leaves codes open so that older clients keep working. This client knows the codes of its own version.
 */
async function codes(): Promise<string> {
  const names = Object.keys(PROBLEMS).map((code) => `\n  | ${JSON.stringify(code)}`);
  return `// Generated from src/problem/catalog.ts by \`npm run generate\`. Do not edit.

/** Every problem code of the service in this version. */
export type ProblemCode =${names.join("")};
`;
}

/** The schema of what authors write: fields with a default are optional. */
function schemaOf(
  title: string,
  schema: typeof EXTENSION | typeof DOCUMENT_EXTENSION | typeof PARAMETER_EXTENSION | typeof SCHEME_EXTENSION,
): string {
  return `${JSON.stringify({ title, ...toJSONSchema(schema, { io: "input" }) }, null, 2)}\n`;
}
