import { asRecord, type JsonObject } from "../../contract/document/json.ts";
import { toOperation } from "../../contract/model/operations.ts";
import { type FoundOperation, type Outline, toOutline } from "../../contract/model/outline.ts";

/** The contract, with the steps to a first call at the start of its description. */
export function withGettingStarted(document: JsonObject): JsonObject {
  const info = asRecord(document["info"]);
  const { description } = info;
  const texts = [wordsFor(document), ...(typeof description === "string" ? [description] : [])];
  return { ...document, info: { ...info, description: texts.join("\n\n") } };
}

function wordsFor(document: JsonObject): string {
  const outline = toOutline(document);
  const easy = outline.operations.find((found) => isEasy(outline, found));
  const operation = easy === undefined ? "an operation" : `an operation, such as \`GET ${easy.path}\``;
  return `**The first call in a minute**

1. Press **Authorize**, paste your key into the first field, press Enter and **Close**. The page keeps the key in its
   memory only: after a reload the key is gone.
2. Open ${operation}; press **Try it out** and **Execute**.
3. The response is shown with the same call for a shell, where \`$KEY\` stands for your key. A refusal has a link to the
   page that explains it, one of [these](problems).`;
}

/** Whether it needs a key and nothing else. */
function isEasy(outline: Outline, found: FoundOperation): boolean {
  const { isPublic, isPassthrough, hasRequiredParameters } = toOperation(outline, found);
  return found.method === "get" && !isPublic && !isPassthrough && !hasRequiredParameters;
}
