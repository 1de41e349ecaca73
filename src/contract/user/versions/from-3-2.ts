import type { Report } from "../../document/finding.ts";
import type { JsonObject } from "../../document/json.ts";
import { eachOfKind } from "../../document/object-kinds.ts";

/** Is this a document of OpenAPI 3.2? */
export function isOpenApi32(raw: JsonObject): boolean {
  return typeof raw["openapi"] === "string" && /^3\.2(?:\.\d+)?$/.test(raw["openapi"]);
}

/** Reads an OpenAPI 3.2 document as 3.1, which is almost all of it, and reports what checks nothing then. The methods of 3.2 have a check of their own. */
export function from32(raw: JsonObject, report: Report): JsonObject {
  eachOfKind(raw, "document", undefined, (pointer, node, kind) => {
    if (kind === "parameter" && node["in"] === "querystring")
      report(pointer, `the parameter ${node["name"]} is the whole query, which is not checked: declare each parameter`);
    if (kind === "mediaType" && node["itemSchema"] !== undefined)
      report([...pointer, "itemSchema"], "itemSchema is from OpenAPI 3.2 and checks nothing here: use schema");
    return undefined;
  });
  const { $self: _, ...rest } = raw;
  return { ...rest, openapi: "3.1.1" };
}
