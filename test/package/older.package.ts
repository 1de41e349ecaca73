import { cpSync, writeFileSync } from "node:fs";
import { type IncomingHttpHeaders, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { UNKNOWN_SECRET } from "../support/builders.ts";
import { COMPILED, LATCHKEY, startChild } from "../support/process/child.ts";
import { MANIFEST, machine, ROOT, runIn } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";

/** All of these wrap `res.writeHead` with on-headers 1.0, which misreads a list of raw headers. */
const OLDER = { morgan: "1.10.0", "express-session": "1.17.3", "response-time": "2.3.2", compression: "1.7.4" };

const JSON_OF = (schema: string) => `content: { application/json: { schema: ${schema} } }`;
const CONTRACT = `openapi: 3.1.1
info: { title: Older, version: 1.0.0 }
servers: [{ url: / }]
x-latchkey: { defaultPlan: all, plans: { all: { limits: { perKey: { per: key, requests: 9000, windowSeconds: 60, burst: 9000 } } } } }
paths:
  /items/{id}:
    get:
      operationId: getItem
      security: [{ ApiKey: [] }]
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 9 } }]
      responses: { '200': { description: An item., ${JSON_OF("{ type: object, properties: { id: { type: string } } }")} } }
  /items:
    post:
      operationId: addItem
      security: [{ ApiKey: [] }]
      requestBody: { required: true, ${JSON_OF("{ type: object, properties: { id: { type: string } } }")} }
      responses: { '201': { description: Added., ${JSON_OF("{ type: object, properties: { id: { type: string } } }")} } }
  /routed: { get: { operationId: getRouted, security: [{ ApiKey: [] }], responses: { '200': { description: Fine. } } } }
components: { securitySchemes: { ApiKey: { type: apiKey, in: header, name: x-api-key } } }
`;

const folder = temporaryFolder(tmpdir());
const environment = { ...machine(folder), ...COMPILED };
const contract = join(folder, "openapi.yaml");
const settings = {
  DATABASE_URL: `sqlite:${join(folder, "keys.db")}`,
  LATCHKEY_CONTRACT: contract,
  LATCHKEY_LENIENT: "true",
};
const run = runIn({ ...environment, ...settings });
let secret = "";
/** By the setting LATCHKEY_FAST_PATH, and the combination of packages. */
const ports: Record<string, Record<string, number>> = {};

beforeAll(async () => {
  writeFileSync(contract, CONTRACT);
  cpSync(join(import.meta.dirname, "older"), folder, { recursive: true });
  const dependencies = { ...OLDER, express: MANIFEST.dependencies.express };
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  await run(["npm", "install"], folder);
  ({ secret } = JSON.parse(
    await run([...LATCHKEY, "keys", "create", "--client", "acme", "--create-client", "--json"], folder),
  ));
  const middleware = pathToFileURL(join(ROOT, "src/middleware.ts")).href;
  for (const state of ["on", "off"]) {
    const words = [process.execPath, join(folder, "host.mjs"), middleware, contract];
    const { out } = startChild(words, { ...environment, ...settings, LATCHKEY_FAST_PATH: state }, folder);
    const [, text = ""] = await out.until(/\{"ports":(.*)\}/);
    ports[state] = JSON.parse(text);
  }
});

type Answer = { readonly status: number; readonly headers: IncomingHttpHeaders; readonly body: unknown };

/** What a browser would accept, on a connection of its own. */
function ask(port: number, method: string, path: string, key: string | undefined, body?: object): Promise<Answer> {
  const headers = {
    "accept-encoding": "gzip",
    ...(key !== undefined && { "x-api-key": key }),
    ...(body !== undefined && { "content-type": "application/json" }),
  };
  return new Promise((resolve, reject) => {
    const forwardAuth = request({ host: "127.0.0.1", port, method, path, headers }, async (res) => {
      try {
        const bytes = await buffer(res);
        const text = res.headers["content-encoding"] === "gzip" ? gunzipSync(bytes) : bytes;
        resolve({ status: res.statusCode ?? 0, headers: res.headers, body: JSON.parse(text.toString()) });
      } catch (error) {
        reject(error);
      }
    });
    forwardAuth.on("error", reject).end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const LIMITED = { ratelimit: expect.stringMatching(/^"perKey";r=\d+/), "ratelimit-policy": expect.any(String) };
const OURS = {
  "x-request-id": expect.stringMatching(/^req_/),
  "cache-control": "no-store",
  "x-content-type-options": "nosniff",
};
const JSON_TYPE = { "content-type": expect.stringMatching(/^application\/json/) };
const PROBLEM_TYPE = { "content-type": "application/problem+json" };

const CASES = [
  ["an answer", "GET", "/items/a1", "good", undefined, 200, { id: "a1" }, { ...LIMITED, ...JSON_TYPE }],
  ["an answer to a body", "POST", "/items", "good", { id: "a2" }, 201, { id: "a2" }, { ...LIMITED, ...JSON_TYPE }],
  [
    "an answer of a route",
    "GET",
    "/routed",
    "good",
    undefined,
    200,
    { route: "/routed" },
    { ...LIMITED, ...JSON_TYPE },
  ],
  ["a refusal without a key", "GET", "/items/a1", "no", undefined, 401, { code: "key-missing" }, PROBLEM_TYPE],
  ["a refusal of a key", "GET", "/items/a1", "bad", undefined, 401, { code: "key-invalid" }, PROBLEM_TYPE],
  ["a refusal of a path", "GET", "/none", "good", undefined, 404, { code: "not-found" }, PROBLEM_TYPE],
] as const;

const THEIRS: Readonly<Record<string, object>> = {
  morgan: {},
  session: { "set-cookie": [expect.stringMatching(/^connect\.sid=/)] },
  responseTime: { "x-response-time": expect.stringMatching(/ms$/) },
  compression: { "content-encoding": "gzip", vary: expect.stringMatching(/Accept-Encoding/) },
};

describe.each(["on", "off"])("with LATCHKEY_FAST_PATH=%s,", (state) => {
  describe.each(["none", ...Object.keys(THEIRS), "all"])("behind older middleware (%s),", (combination) => {
    it.each(CASES)("%s is whole", async (_case, method, path, keyState, sent, status, body, headers) => {
      const key = { good: secret, bad: UNKNOWN_SECRET, no: undefined }[keyState];
      const answer = await ask(ports[state]?.[combination] ?? 0, method, path, key, sent);
      const theirs = Object.entries(THEIRS).filter(([name]) => [name, "all"].includes(combination));
      expect(answer).toMatchObject({
        status,
        body,
        headers: { ...OURS, ...headers, ...Object.assign({}, ...theirs.map(([, one]) => one)) },
      });
    });
  });
});
