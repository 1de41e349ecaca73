import { inspect } from "node:util";
import { describe, expect, it } from "@jest/globals";
import { aQuickClient, SOME_KEY } from "../support/programs/own-client.ts";
import { anUpstream } from "../support/upstream.ts";

type Operation = { responses: { 200: { content: { "application/json": { ok: boolean } } } } };
type Paths = { "/thing": { get: Operation; head: Operation }; "/": { get: Operation } };

const server = anUpstream();
const elsewhere = anUpstream();

function aClient(options: object = {}) {
  server.forget();
  elsewhere.forget();
  server.respondWith((_req, res) => void res.setHeader("Content-Type", "application/json").end('{"ok":true}'));
  return aQuickClient<Paths>({ baseUrl: server.url, ...options });
}

const failureOf = (call: Promise<unknown>): Promise<Error> =>
  call.then(
    () => new Error("It did not fail."),
    (error) => error,
  );

describe("the key", () => {
  it("is sent in x-api-key, or in the header that the contract has", async () => {
    await aClient().client.GET("/thing");
    expect(server.last().headers).toMatchObject({ "x-api-key": SOME_KEY });
    await aClient({ keyHeader: "X-Token" }).client.GET("/thing");
    expect(server.last().headers).toMatchObject({ "x-token": SOME_KEY });
    expect(server.last().headers).not.toHaveProperty("x-api-key");
  });

  it("is seen by no middleware", async () => {
    const { client } = aClient();
    const seen: string[] = [];
    client.use({
      onRequest: ({ request }) => void seen.push(inspect([...request.headers])),
      onResponse: ({ response }) => void seen.push(inspect([...response.headers])),
    });
    await client.GET("/thing");
    expect(seen).toHaveLength(2);
    expect(seen.join()).not.toContain(SOME_KEY);
  });

  it.each([301, 302, 303, 307, 308])("does not follow a redirect (%i), wherever it leads", async (status) => {
    for (const target of [elsewhere.url, server.url]) {
      const { client } = aClient();
      server.respondWith((_req, res) => void res.writeHead(status, { Location: `${target}/other` }).end());
      const error = await failureOf(client.GET("/thing"));
      expect(error.message).toBe("The service redirects, and the key is not sent along; set baseUrl to the final URL.");
      expect([server.recorded.length, elsewhere.recorded.length]).toEqual([1, 0]);
    }
  });

  it("does not follow a redirect that a page may not look at", async () => {
    const opaque = Object.defineProperty(Response.error(), "type", { value: "opaqueredirect" });
    const { client } = aClient({ fetch: async () => opaque });
    expect((await failureOf(client.GET("/thing"))).message).toMatch(/redirects/);
  });

  it("is not sent where a call leads to another origin", async () => {
    const { client } = aClient();
    const error = await failureOf(client.GET("/thing", { baseUrl: elsewhere.url }));
    expect(error.message).toBe(`The key belongs to ${server.url}; create another client for other origins.`);
    expect(elsewhere.recorded).toEqual([]);
  });

  it("is not sent where a path is none, and makes another host out of the URL", async () => {
    const { client } = aClient();
    for (const path of [`@${new URL(elsewhere.url).host}/thing`, "0/thing", ".example.com/thing"])
      expect((await failureOf(client.GET(path as "/thing"))).message).toMatch(/^The key belongs|credentials|parse URL/);
    expect([server.recorded, elsewhere.recorded]).toEqual([[], []]);
  });

  it("is not sent where a middleware leads a call to another origin", async () => {
    const { client } = aClient();
    client.use({ onRequest: () => new Request(`${elsewhere.url}/thing`) });
    expect((await failureOf(client.GET("/thing"))).message).toMatch(/^The key belongs to/);
    expect(elsewhere.recorded).toEqual([]);
  });

  it("is never sent with a fetch other than the client's own", async () => {
    const { client } = aClient();
    const theirs: Request[] = [];
    const spy = async (request: Request) => {
      theirs.push(request);
      return new Response("{}");
    };
    await client.GET("/thing", { fetch: spy });
    expect(theirs).toEqual([]);
  });

  it("occurs in no error and in no warning, even where a server says it back", async () => {
    const echoes: readonly Parameters<typeof server.respondWith>[0][] = [
      (req, res) => void res.writeHead(400).end(JSON.stringify(req.headers)),
      (req, res) => void res.writeHead(400, { "X-Echo": req.headers["x-api-key"] }).end(inspect(req.headers)),
      (req, res) => {
        const code = req.headers["x-api-key"];
        const problem = { code, title: code, detail: code, requestId: code, status: 400, errors: [{ pointer: code }] };
        res.writeHead(400, { "Content-Type": "application/problem+json" }).end(JSON.stringify(problem));
      },
      (req, res) => void res.end(`{}${req.headers["x-api-key"]}`),
      (req, res) => void res.writeHead(302, { Location: `/${req.headers["x-api-key"]}` }).end(),
      (req, res) => void res.destroy(new Error(String(req.headers["x-api-key"]))),
    ];
    for (const echo of echoes) {
      const { client, during, warnings } = aClient();
      server.respondWith((req, res) => {
        for (const name of ["Deprecation", "Sunset", "Latchkey-Key-Ends-At"]) res.setHeader(name, SOME_KEY);
        echo(req, res);
      });
      const error = await failureOf(during(client.GET("/thing")));
      expect(error.message).not.toBe("It did not fail.");
      expect(inspect([error, warnings], { depth: 9, showHidden: true })).not.toContain(SOME_KEY);
    }
  });
});
