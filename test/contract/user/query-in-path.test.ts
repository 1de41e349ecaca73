import { describe, expect, it } from "@jest/globals";
import type { JsonObject } from "../../../src/contract/document/json.ts";
import { toOpenApiDocument } from "../../../src/contract/document/openapi-document.ts";
import { withoutQuery } from "../../../src/contract/user/query-in-path.ts";

const SHARED = { name: "q", in: "path", required: true, schema: { type: "string" } };

function placed(path: string, item: JsonObject) {
  const document = toOpenApiDocument({ components: { parameters: { Q: SHARED } }, paths: {} });
  return withoutQuery(document, path, item);
}

describe("the query of a path", () => {
  it("becomes parameters with one value, and those of its templates", () => {
    expect(
      placed("/search?type=a+tag&q={q}&limit={max}", {
        parameters: [{ $ref: "#/components/parameters/Q" }],
        get: { parameters: [{ name: "max", in: "path", required: true, schema: { type: "integer" } }] },
      }),
    ).toEqual([
      "/search#type=a+tag&q={q}&limit={max}",
      {
        get: {
          parameters: [
            { ...SHARED, in: "query" },
            { name: "limit", in: "query", required: true, schema: { type: "integer" } },
            { name: "type", in: "query", required: true, schema: { type: "string", enum: ["a tag"] } },
          ],
        },
      },
    ]);
  });

  it("keeps parameters as they are declared", () => {
    const own = { name: "type", in: "query", required: true, schema: { type: "string", enum: ["tag"] } };
    const [, item] = placed("/search?type=tag", {
      parameters: [{ ...own, required: false }],
      get: { parameters: [own] },
    });
    expect(item).toEqual({ get: { parameters: [own] } });
  });

  it("is not there in most paths", () => {
    const item = { get: {} };
    expect(placed("/search", item)).toEqual(["/search", item]);
    expect(placed("/search#a?b", item)).toEqual(["/search#a?b", item]);
  });
});
