import { asList, asRecord, type JsonObject } from "../../../contract/document/json.ts";
import { type LoadedDocument, parseDocumentText } from "../../../contract/document/load.ts";
import { type Replacement, replaced } from "../../../contract/document/replaced.ts";
import { isJsonText } from "../../../contract/init/text/write-differences.ts";
import { toOutline } from "../../../contract/model/outline.ts";
import { CommandFailed } from "../../failure.ts";

/** Is this a document of Swagger 2.0? */
export function isSwagger2({ swagger, openapi }: JsonObject): boolean {
  return openapi === undefined && /^2(?:\.0)?$/.test(String(swagger));
}

/**
 * The same contract in OpenAPI 3.0, as JSON or YAML like its source.
 * @param name what errors name.
 */
export async function fromSwagger({ document, text }: LoadedDocument, name: string): Promise<LoadedDocument> {
  // Few contracts are as old.
  const { upgradeFromTwoToThree } = await import("@scalar/openapi-upgrader/2.0-to-3.0");
  const converted = completed(convert(() => upgradeFromTwoToThree(structuredClone(document)), name));
  if (isJsonText(text)) return parseDocumentText(`${JSON.stringify(converted, null, 2)}\n`, name);
  const { stringify } = await import("yaml");
  return parseDocumentText(stringify(converted, { aliasDuplicateObjects: false }), name);
}

/** The library expects a valid document. */
function convert(upgrade: () => unknown, name: string): JsonObject {
  try {
    return asRecord(upgrade());
  } catch (cause) {
    throw new CommandFailed(`${name} cannot be converted from Swagger 2.0: check that it is valid.`, { cause });
  }
}

/** What the library leaves out: the order that readers expect, and that a form with a required field is required. */
function completed({ openapi, info, servers, ...rest }: JsonObject): JsonObject {
  const document = { openapi, info, ...(servers !== undefined && { servers }), ...rest };
  const forms = toOutline(document).operations.flatMap(({ pointer, operation }): readonly Replacement[] => {
    const body = asRecord(operation["requestBody"]);
    const types = Object.values(asRecord(body["content"])).map((type) => asRecord(asRecord(type)["schema"]));
    const isRequired = types.some(({ required }) => asList(required).length > 0);
    if (body["required"] !== undefined || !isRequired) return [];
    return [[[...pointer, "requestBody"], { required: true, ...body }]];
  });
  return replaced(document, forms);
}
