// Writes src/contract/types.gen.ts from openapi.yaml; with --check, only says whether it is current.
import { readFile, writeFile } from "node:fs/promises";
import openapiTS, { astToString } from "openapi-typescript";
import { loadContract } from "../src/contract/load.ts";
import { toOperations } from "../src/contract/operations.ts";

const CONTRACT = new URL("../openapi.yaml", import.meta.url);
const TYPES = new URL("../src/contract/types.gen.ts", import.meta.url);

const contract = loadContract(CONTRACT);
const operations = toOperations(contract.document);
function union(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(" | ") || "never";
}
const defaulted = operations.map(({ id, defaultedParameters }) => `  ${id}: ${union(defaultedParameters)};`);

const wanted = `// Generated from openapi.yaml by \`npm run generate\`. Do not edit.

${astToString(await openapiTS(CONTRACT, { silent: true }))}
/** Every operation of the contract. */
export type OperationId = keyof operations;

/** The operations that answer without a key (\`security: []\`). */
export type PublicOperationId = ${union(operations.filter((operation) => operation.isPublic).map(({ id }) => id))};

/** The parameters that the validator fills in where a request leaves them out. */
export type DefaultedParameters = {
${defaulted.join("\n")}
};
`;

const current = await readFile(TYPES, "utf8").catch(() => "");
if (wanted === current) {
  console.log("src/contract/types.gen.ts is current");
} else if (process.argv.includes("--check")) {
  console.error("src/contract/types.gen.ts is not what openapi.yaml says: run npm run generate and commit the result");
  process.exitCode = 1;
} else {
  await writeFile(TYPES, wanted);
  console.log("src/contract/types.gen.ts written");
}
