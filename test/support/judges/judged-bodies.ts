import type { JsonObject } from "../../../src/contract/document/json.ts";
import { createOwnJudges, joinJudges } from "../../../src/contract/judge/join-judges.ts";
import type { Judge } from "../../../src/contract/judge/judge.ts";
import { toOperations } from "../../../src/contract/model/operations.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";

const unused = () => {
  throw new Error("The validator is not asked about JSON in bodies.");
};
const UNUSED: Judge = { judgeRequest: unused, judgeReply: unused };

/**
 * Judges texts of JSON as bodies of one operation.
 * @param schemas the components that `schema` refers to.
 */
export function bodyJudge(schema: unknown, schemas: JsonObject = {}, isCompiled = true) {
  const requestBody = { required: true, content: { "application/json": { schema } } };
  const post = { operationId: "send", security: [], requestBody, responses: {} };
  const outline = toOutline({ openapi: "3.1.1", paths: { "/": { post } }, components: { schemas } });
  const operations = toOperations(outline);
  const own = createOwnJudges({ outline, operations });
  const judge = joinJudges({ ...own, ...(!isCompiled && { compiled: undefined }), validator: UNUSED });
  const [operation] = operations;
  if (operation === undefined) throw new Error("The document has no operation.");
  return async (text: string) => {
    const body = { mediaType: "application/json", value: JSON.parse(text) as unknown, bytes: Buffer.from(text) };
    return await judge.judgeRequest({ operation, pathParams: {}, query: "", headers: {}, body });
  };
}
