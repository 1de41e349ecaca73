import { asList, asRecord, type JsonObject, resolve } from "../../contract/document/json.ts";
import { documentExtensionOf } from "../../contract/model/extension.ts";
import { PROBLEM_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { isProblemCode, PROBLEMS, type ProblemCode } from "../../problem/catalog.ts";
import { withOperations } from "./shown-contract.ts";

/** The contract, with links from its responses to the pages of the problems that they can have. */
export function withProblemLinks(document: JsonObject): JsonObject {
  const linked = (responses: unknown) =>
    Object.fromEntries(
      Object.entries(asRecord(responses)).map(([name, response]) => [name, withLinks(document, asRecord(response))]),
    );
  const components = asRecord(document["components"]);
  return {
    ...withOperations(document, ({ operation }) => ({ ...operation, responses: linked(operation["responses"]) })),
    components: { ...components, ...("responses" in components && { responses: linked(components["responses"]) }) },
  };
}

function withLinks(document: JsonObject, response: JsonObject): JsonObject {
  const links = linksOf(document, asRecord(asRecord(response["content"])[PROBLEM_MEDIA_TYPE]));
  return links === undefined ? response : { ...response, description: `${response["description"]}\n\n${links}` };
}

/** If the example is a built-in problem, the problems of its status; if only the schema has one, all problems. */
function linksOf(document: JsonObject, { example, schema }: JsonObject): string | undefined {
  const { prefix = "" } = documentExtensionOf(document);
  const code = codeOf(example, prefix);
  if (code !== undefined) return `With this status: ${codesLike(code).map(linkTo).join(", ")}.`;
  const [shown] = asList(resolve(document, schema)?.["examples"]);
  return codeOf(shown, prefix) === undefined ? undefined : "[All problems](problems)";
}

function codeOf(example: unknown, prefix: string): ProblemCode | undefined {
  const { type, code } = asRecord(example);
  return typeof code === "string" && isProblemCode(code) && type === `${prefix}/problems/${code}` ? code : undefined;
}

function codesLike(code: ProblemCode): readonly ProblemCode[] {
  return Object.keys(PROBLEMS)
    .filter(isProblemCode)
    .filter((other) => PROBLEMS[other].status === PROBLEMS[code].status);
}

const linkTo = (code: ProblemCode) => `[${code}](problems/${code})`;
