import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { runCaptured } from "../../../support/process/program.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const folder = temporaryFolder();

describe("latchkey init on Swagger 2.0", () => {
  const path = join(folder, "shop.yaml");
  const out = join(folder, "shop.latchkey.yaml");

  it("writes a contract in OpenAPI 3 that can be served", async () => {
    cpSync(join(import.meta.dirname, "shop.swagger.yaml"), path);
    expect((await runCaptured(["init", path])).code).toBe(0);
    expect((await runCaptured(["contract", "check", out])).code).toBe(0);
    const { paths, components, servers } = parse(readFileSync(out, "utf8"));
    expect(servers).toEqual([{ url: "https://api.example.com/v1" }]);
    expect(components.schemas.Order.properties).toMatchObject({
      item: { type: "string", nullable: true },
      parent: { $ref: "#/components/schemas/Order" },
    });
    const { get, post } = paths["/orders"];
    expect(get.parameters.slice(1)).toMatchObject([
      { name: "status", style: "form", explode: false },
      { name: "tag", style: "form", explode: true },
      { name: "ids", style: "pipeDelimited", explode: false },
    ]);
    expect(post.requestBody).toEqual({
      required: true,
      content: { "application/json": { schema: { $ref: "#/components/schemas/Order" } } },
    });
    const photo = paths["/orders/{id}/photo"].post.requestBody;
    expect(photo.required).toBe(true);
    expect(photo.content["multipart/form-data"].schema.properties.file).toEqual({ type: "string", format: "binary" });
  });

  it("is what the check of such a file says", async () => {
    const { code, out: told } = await runCaptured(["contract", "check", path]);
    expect([code, told]).toEqual([
      1,
      expect.stringMatching(/one of 2\.0: npm run -s latchkey -- init FILE converts it/),
    ]);
  });
});
