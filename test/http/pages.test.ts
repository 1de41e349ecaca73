import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { parse } from "yaml";
import { PROBLEMS } from "../../src/problem/catalog.ts";
import { STRANGE_SECRET } from "../support/builders.ts";
import { DOCUMENT, OPERATIONS } from "../support/declared.ts";
import { aService } from "../support/service.ts";

const service = aService();
let secret = "";

beforeAll(async () => {
  ({ secret } = await service.issue());
});

const get = (path: string) => request(service.url).get(path);

describe("/docs", () => {
  it("is Swagger UI, and every file that it names is there", async () => {
    const { text, headers } = await get("/docs").expect(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    const named = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(
      ([, path = ""]) => new URL(path, `${service.url}/docs`),
    );
    expect(named.length).toBeGreaterThan(3);
    for (const { origin, pathname } of named) {
      expect(origin).toBe(service.url);
      await get(pathname).expect(200);
    }
  });

  it("keeps no key, sends nothing elsewhere and loads our contract alone", async () => {
    const { text } = await get("/docs/swagger-ui-init.js").expect(200);
    expect(text).toContain('"persistAuthorization": false');
    expect(text).toContain('"validatorUrl": null');
    expect(text).toContain('"url": "docs/openapi.json"');
    expect(text).not.toContain("petstore");
  });

  it("runs no script but its own files, and in no frame", async () => {
    const { headers, text } = await get("/docs");
    const policy = headers["content-security-policy"];
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(headers["x-frame-options"]).toBe("DENY");
    expect(text).not.toMatch(/<script(?![^>]*src=)[^>]*>\s*\S/);
  });

  it.each([
    "/docs/index.html",
    "/docs/swagger-initializer.js",
    "/docs/package.json",
    "/docs/../package.json",
    "/docs/anything",
  ])("does not serve %s", async (path) => {
    await get(path).expect(404);
  });

  it("shows beside each operation what it needs", async () => {
    const { body } = await get("/docs/openapi.json").expect(200);
    for (const { method, path, scopes, isPublic } of OPERATIONS) {
      const { summary, description } = body.paths[path][method.toLowerCase()];
      const need = isPublic ? "No key needed." : (scopes[0] ?? "Any valid key.");
      expect(description).toContain(need);
      expect(summary).toContain(isPublic ? "public" : (scopes[0] ?? "any key"));
    }
    expect(body.info.description).toContain("How to get a key");
  });

  it("moves from a slash at its end", async () => {
    const { headers } = await get("/docs/").expect(308);
    expect(new URL(headers["location"] ?? "", `${service.url}/docs/`).pathname).toBe("/docs");
  });
});

describe("the contract", () => {
  it("is served as JSON and as the YAML that stands in the repository", async () => {
    expect((await get("/openapi.json").expect(200)).body).toEqual(DOCUMENT);
    const { text, headers } = await get("/openapi.yaml").buffer().expect(200);
    expect(headers["content-type"]).toContain("application/yaml");
    expect(parse(text, { maxAliasCount: 1000 })).toEqual(DOCUMENT);
  });

  it.each(["/openapi.json", "/openapi.yaml"])("%s is no way to try keys without being told", async (path) => {
    await get(path).set("x-api-key", secret).expect(200);
    const refused = await get(path).set("x-api-key", STRANGE_SECRET).expect(401);
    expect(refused.body.code).toBe("key-invalid");
    expect(refused.headers["www-authenticate"]).toContain("invalid_token");
    expect((await get(`${path}?api_key=${secret}`).expect(400)).body.code).toBe("key-in-query");
  });
});

describe("the page of a problem", () => {
  it.each(Object.entries(PROBLEMS))("%s explains it to people", async (code, { title, status }) => {
    const { text, headers } = await get(`/problems/${code}`).expect(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(text).toContain(`<h1>${title}</h1>`);
    expect(text).toContain(String(status));
  });

  it("is listed with all others", async () => {
    const { text } = await get("/problems").expect(200);
    for (const code of Object.keys(PROBLEMS)) expect(text).toContain(`"problems/${code}"`);
    await get("/problems/unheard-of").expect(404);
  });
});
