import { writeFileSync } from "node:fs";
import { createServer, type RequestListener, type Server } from "node:http";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import express5, { type Router } from "express";
import { type Latchkey, latchkey } from "../src/middleware.ts";
import { startProgram } from "./support/process/program.ts";
import { temporaryFolder } from "./support/temporary.ts";

// Its types are those of Express 5 as far as this file goes.
const express4: typeof express5 = createRequire(import.meta.url)("express-4");

const contractWith = (server: string) => `openapi: 3.1.1
info: { title: Mounted, version: 1.0.0 }
servers: [{ url: ${server} }]
paths:
  /items: { get: { operationId: listItems, responses: { '200': { description: ok } } } }
  /items/{id}:
    get:
      operationId: getItem
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 9 } }]
      responses: { '200': { description: ok } }
  /open: { get: { operationId: open, security: [], responses: { '200': { description: ok } } } }
components: { securitySchemes: { ApiKey: { type: apiKey, in: header, name: X-API-Key } } }
security: [{ ApiKey: [] }]
`;

const folder = temporaryFolder();
const settings = { DATABASE_URL: `sqlite:${join(folder, "keys.db")}`, LOG_LEVEL: "info" };
let secret = "";

function contractFile(server: string): string {
  const file = join(folder, `at-${server.replaceAll("/", "-")}.yaml`);
  writeFileSync(file, contractWith(server));
  return file;
}

beforeAll(async () => {
  const environment = { ...settings, LATCHKEY_CONTRACT: contractFile("/") };
  const { out } = await startProgram("keys create --client app --create-client --json".split(" "), { environment })
    .finished;
  ({ secret } = JSON.parse(out));
});

/** The routes of the app below the mount. */
function routesOf(router: Pick<Router, "get">) {
  router.get("/items/mine", (_req, res) => void res.send("mine"));
  router.get("/items/:id", (req, res) => void res.send(`${req.originalUrl} ${req.params.id}`));
  router.get("/items", (req, res) => void res.send(req.originalUrl));
  router.get("/open", (_req, res) => void res.send("open"));
  router.get("/secret", (_req, res) => void res.send("must not be seen"));
}

type Place = (app: ReturnType<typeof express5>, express: typeof express5, keys: Latchkey) => void;

/** The ways to mount it at /api. */
const PLACES: readonly (readonly [string, Place])[] = [
  [
    "with a path",
    (app, express, keys) => {
      const router = express.Router();
      routesOf(router);
      app.use("/api", keys, router);
    },
  ],
  [
    "on a router",
    (app, express, keys) => {
      const router = express.Router();
      router.use(keys);
      routesOf(router);
      app.use("/api", router);
    },
  ],
  [
    "on a router in a router",
    (app, express, keys) => {
      const [outer, inner] = [express.Router(), express.Router()];
      inner.use(keys);
      routesOf(inner);
      outer.use("/api", inner);
      app.use(outer);
    },
  ],
];

describe.each([
  ["Express 5", express5],
  ["Express 4", express4],
])("the middleware below a path, in %s", (_version, express) => {
  describe.each(["/", "/api"])("of a contract whose server is %s", (base) => {
    // Paths that begin with that of the mount are whole; all others are below it.
    const prefix = "/api";

    it.each(PLACES)("protects what is below it, mounted %s", async (_how, place) => {
      const { get, close } = await serving(express, contractFile(base), place);
      expect(await get(`${prefix}/items/7`)).toEqual([200, `${prefix}/items/7 7`]);
      expect(await get(`${prefix}/items?`)).toEqual([200, `${prefix}/items`]);
      expect(await get(`${prefix}/open`, "")).toEqual([200, "open"]);
      expect((await get(`${prefix}/items/7`, ""))[0]).toBe(401);
      for (const target of ["/secret", "/ITEMS", "/items/", "/items/%2e%2e/secret", "/"])
        expect([target, (await get(`${prefix}${target}`))[0]]).toEqual([target, 404]);
      // Express 4 takes the second slash for a part of the mount.
      expect([401, 404]).toContain((await get(`${prefix}//items`, ""))[0]);
      expect(await get("/outside", "")).toEqual([200, "outside"]);
      await close();
    });

    it("lets no spelling of the mount choose another operation", async () => {
      const { get, close } = await serving(express, contractFile(base), PLACES[0]?.[1] as Place);
      for (const target of ["/API/items/7", "/Api/open", "/api/api/items/7"]) {
        const [status, text] = await get(target, "");
        expect([target, [401, 404].includes(status) || (target === "/Api/open" && text === "open")]).toEqual([
          target,
          true,
        ]);
      }
      await close();
    });
  });

  it("works where the mount is a part of the server's path", async () => {
    const place: Place = (app, { Router: createRouter }, keys) => {
      const router = createRouter();
      router.get("/v2/items/:id", (req, res) => void res.send(`${req.originalUrl} ${req.params.id}`));
      app.use("/api", keys, router);
    };
    const { get, close } = await serving(express, contractFile("/api/v2"), place);
    expect(await get("/api/v2/items/7")).toEqual([200, "/api/v2/items/7 7"]);
    expect((await get("/api/v2/items/7", ""))[0]).toBe(401);
    expect((await get("/api/items/7"))[0]).toBe(404);
    await close();
  });

  it("is refused at a path that clients choose", async () => {
    const place: Place = (app, _express, keys) => void app.use("/:tenant", keys);
    const { get, close } = await serving(express, contractFile("/"), place);
    expect((await get("/acme/open", ""))[1]).toBe("outside");
    expect(await get("/globex/open", "")).toEqual([500, expect.stringContaining("mounted at several paths")]);
    await close();
  });
});

async function serving(express: typeof express5, contract: string, place: Place) {
  const keys = await latchkey<never>({ contract, settings, writeLog: () => {} });
  const app = express();
  place(app, express, keys);
  app.use((_req: unknown, res: { send: (text: string) => void }) => res.send("outside"));
  app.use(
    ((error: Error, _req, res, _next) => void res.status(500).send(error.message)) as express5.ErrorRequestHandler,
  );
  const server: Server = createServer(app as RequestListener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    get: async (target: string, key = secret): Promise<[number, string]> => {
      const response = await fetch(`http://127.0.0.1:${port}${target}`, {
        headers: key === "" ? {} : { "x-api-key": key },
      });
      return [response.status, await response.text()];
    },
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
      await keys.close();
    },
  };
}
