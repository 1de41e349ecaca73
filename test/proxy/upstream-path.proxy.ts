import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { aFreePort } from "../support/process/ports.ts";
import { startNginxWith } from "../support/programs/proxies.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { ESCAPES } from "../support/wire/path-spellings.ts";
import { aRequest, sendRaw } from "../support/wire/raw.ts";

const folder = temporaryFolder();
const operation = (path: string, scope: string) => `  ${path}:
    get:
      operationId: get${scope}
      security: [{ ApiKey: [shop:${scope}] }]
      responses: { '200': { description: Done. } }
      parameters:
        ${path.includes("{id}") ? "- { name: id, in: path, required: true, schema: { type: string, maxLength: 90 } }" : "[]"}
`;
const CONTRACT = `openapi: 3.1.1
info: { title: Shop, version: 1.0.0 }
paths:
${operation("/items/{id}", "item")}${operation("/items/mine", "mine")}${operation("/admin", "admin")}components:
  securitySchemes:
    ApiKey: { type: apiKey, in: header, name: X-API-Key, x-scopes: { shop:item: a, shop:mine: b, shop:admin: c } }
`;

/** An API that nginx routes: it decodes each path, merges slashes and removes dot segments first. */
async function startUpstream() {
  const port = await aFreePort();
  const answer = (name: string) => `{ default_type text/plain; return 200 "${name}"; }`;
  const routes = `location = /items/mine ${answer("mine")} location ~ ^/items/[^/]+$ ${answer("item")} location / ${answer("other")}`;
  await startNginxWith(join(folder, "nginx"), port, `server { listen 127.0.0.1:${port}; ${routes} }`);
  return port;
}

let upstreamPort = 0;
beforeAll(async () => {
  upstreamPort = await startUpstream();
});

const service = aService(() => {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, "shop.yaml");
  writeFileSync(path, CONTRACT);
  return { LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true", LATCHKEY_UPSTREAM: `http://127.0.0.1:${upstreamPort}` };
});

describe("an upstream that is nginx", () => {
  it("finds the operation that was authorized, however the path is written", async () => {
    const { secret } = await service.issue({ scopes: ["shop:item"] });
    for (const rest of ESCAPES) {
      for (const path of [`/items/${rest}`, `/items/x${rest}`, `/items/min${rest}`]) {
        const { status, body } = await sendRaw(service.port, Buffer.from(aRequest(path, [`x-api-key: ${secret}`])));
        expect([path, status === 200 ? body : "item"]).toEqual([path, "item"]);
      }
    }
  });
});
