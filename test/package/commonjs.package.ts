import { writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { type Child, startChild } from "../support/process/child.ts";
import { aFreePort, isOpen } from "../support/process/ports.ts";
import { machine, pack, runIn } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONTRACT = `openapi: 3.1.0
info: { title: Covers, version: 1.0.0 }
servers: [{ url: /api }]
paths:
  /covers:
    post:
      operationId: addCover
      requestBody:
        required: true
        content:
          multipart/form-data:
            schema:
              type: object
              required: [cover]
              properties: { cover: { type: string, format: binary }, page: { type: integer, maximum: 99 } }
          application/x-www-form-urlencoded:
            schema: { type: object, required: [url], properties: { url: { type: string, maxLength: 99 } } }
      responses: { '200': { description: Added. } }
components: { securitySchemes: { ApiKey: { type: apiKey, in: header, name: X-API-Key } } }
security: [{ ApiKey: [] }]
`;

const folder = temporaryFolder(tmpdir());
const environment = machine(folder);
const run = runIn(environment);
let tarball = "";
let secret = "";

beforeAll(async () => {
  writeFileSync(join(folder, "openapi.yaml"), CONTRACT);
  writeFileSync(join(folder, "app.cjs"), blocksOf("middleware.md", "js")[0] ?? "");
  writeFileSync(join(folder, "package.json"), "{}");
  tarball = await pack(folder, environment);
});

describe.each(["express@4", "express@5"])(
  "the CommonJS example of the page about the middleware, with %s",
  (express) => {
    let app: Child;
    let url = "";

    beforeAll(async () => {
      await run(["npm", "install", "--no-save", tarball, express, "multer@2"], folder);
      const words = "latchkey keys create --client app --create-client --json".split(" ");
      const settings = { ...environment, LATCHKEY_CONTRACT: "openapi.yaml" };
      if (secret === "") {
        const { out } = await startChild(["npx", ...words], settings, folder).ended;
        ({ secret } = JSON.parse(out));
      }
      const port = await aFreePort();
      url = `http://127.0.0.1:${port}`;
      app = startChild([process.execPath, "app.cjs"], { ...environment, PORT: `${port}` }, folder);
      while (!(await isOpen(port))) {
        if (app.process.exitCode !== null) throw new Error(`It did not start:\n${app.out.text()}${app.err.text()}`);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
    afterAll(() => void app?.process.kill("SIGKILL"));

    const send = async (body: FormData | URLSearchParams, key = secret) => {
      const response = await fetch(`${url}/api/covers`, { method: "POST", body, headers: { "x-api-key": key } });
      return [response.status, JSON.parse(await response.text())];
    };

    function aForm(page: string, bytes: number): FormData {
      const form = new FormData();
      form.append("page", page);
      form.append("cover", new Blob([Buffer.alloc(bytes, "x")]), "cover.png");
      return form;
    }

    it.each([1_000, 5_000_000])("gets uploads of %d bytes", async (bytes) => {
      expect(await send(aForm("7", bytes))).toEqual([200, { fields: { page: "7" }, files: [bytes] }]);
    });

    it("never sees an invalid upload, or one without a key", async () => {
      expect(await send(aForm("100", 1_000))).toEqual([400, expect.objectContaining({ code: "request-invalid" })]);
      expect((await send(aForm("7", 1_000), "lk_live_wrong"))[0]).toBe(401);
      expect((await send(new URLSearchParams({ other: "1" })))[0]).toBe(400);
    });

    it("keeps its own pages outside of the path", async () => {
      expect(await (await fetch(url)).text()).toBe("The library");
      expect((await fetch(`${url}/api/other`)).status).toBe(404);
    });
  },
);
