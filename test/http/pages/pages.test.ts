import { beforeAll, describe, expect, it } from "@jest/globals";
import request from "supertest";
import { parse } from "yaml";
import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { updateClient } from "../../../src/admin/clients/update-client.ts";
import { asRecord } from "../../../src/contract/document/json.ts";
import { PROBLEMS } from "../../../src/problem/catalog.ts";
import { UNKNOWN_SECRET } from "../../support/builders.ts";
import { DOCUMENT, OPERATIONS } from "../../support/model/declared.ts";
import { aService } from "../../support/service.ts";

const DOCUMENT_DATA = asRecord(asRecord(asRecord(DOCUMENT["paths"])["/data"])["get"]);

/** What words are added to is not what is looked at. */
function withoutDescriptions(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (name, inner) => (name === "description" ? undefined : inner)));
}

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

describe("a refusal in place of a page", () => {
  it.each(["/metrics", "/openapi.json", "/openapi.yaml", "/docs/openapi.json"])(
    "protects %s like the page",
    async (path) => {
      const { headers } = await get(path).set("x-api-key", UNKNOWN_SECRET).expect(401);
      expect(headers["content-security-policy"]).toContain("default-src 'none'");
      expect(headers["x-frame-options"]).toBe("DENY");
      expect(headers["x-content-type-options"]).toBe("nosniff");
      expect(headers["referrer-policy"]).toBe("no-referrer");
      expect(headers["www-authenticate"]).toContain("invalid_token");
    },
  );
});

describe("the contract", () => {
  it("is served as JSON and as the YAML that stands in the repository", async () => {
    const { body } = await get("/openapi.json").expect(200);
    expect(withoutDescriptions(body)).toEqual(withoutDescriptions(DOCUMENT));
    const { text, headers } = await get("/openapi.yaml").buffer().expect(200);
    expect(headers["content-type"]).toContain("application/yaml");
    expect(parse(text, { maxAliasCount: 1000 })).toEqual(DOCUMENT);
  });

  it.each(["/openapi.json", "/openapi.yaml"])(
    "%s refuses a key that is not valid, instead of ignoring it",
    async (path) => {
      await get(path).set("x-api-key", secret).expect(200);
      const refused = await get(path).set("x-api-key", UNKNOWN_SECRET).expect(401);
      expect(refused.body.code).toBe("key-invalid");
      expect(refused.headers["www-authenticate"]).toContain("invalid_token");
      expect((await get(`${path}?api_key=${secret}`).expect(400)).body.code).toBe("key-in-query");
    },
  );
});

describe("the contract in words", () => {
  it("says beside each operation what it costs, and the limits of each plan", async () => {
    const { body } = await get("/openapi.json");
    const { description } = body.paths["/data"].get;
    expect(description).toContain(DOCUMENT_DATA["description"]);
    expect(description).toMatch(/- plan `free`: 60 in 60 s for each key, 20 at once \(`perKey`\); 10,000 a month/);
    expect(description).toMatch(/- plan `standard`, the default: 6,000 in 60 s for all keys of a client together/);
    expect(description).toMatch(/- plan `unlimited`: none$/);
    expect(body.paths["/healthz"].get.description).toMatch(/Does not count towards limits\.$/);
  });

  it("is a key's own with that key: what it may call, and its own limits", async () => {
    const { secret: own, key } = await service.issue({ client: "reader", scopes: ["data:read"] });
    const { actions } = service.running;
    const held = async (plan: string) =>
      updateClient({ id: "reader", update: { plan }, isCurrent: () => true }, OPERATOR_AUTHORITY, actions);
    await held("free");
    const personal = async (path = "/openapi.json") => (await get(path).set("x-api-key", own).expect(200)).body;
    const { paths, info, tags, components } = await personal();
    expect(Object.keys(paths)).toEqual([
      "/data",
      "/v1/key",
      "/v1/key/rotate",
      "/v1/key/usage",
      "/healthz",
      "/readyz",
      "/v1/authorize",
    ]);
    expect(paths["/data"].get.description).toMatch(/\*\*Your limits\*\*: 60 in 60 s for each key.*; 10,000 a month/);
    expect(paths["/data"].get.description).not.toContain("standard");
    expect(info.description).toContain(`the key \`${key.id}\` of the client \`reader\``);
    expect(tags.map(({ name }: { name: string }) => name)).toEqual(["data", "ownKey", "proxies", "health"]);
    expect(components.schemas).toHaveProperty("Problem");
    expect((await personal("/docs/openapi.json")).paths["/data"].get.summary).toContain("data:read");

    await held("unlimited");
    expect((await personal()).paths["/data"].get.description).toMatch(/\*\*Your limits\*\*: none$/);
    const limits = { isUnlimited: false, until: null, set: { perClient: { requests: 7, windowSeconds: 9 } } };
    await updateClient(
      { id: "reader", update: { plan: null, limits }, isCurrent: () => true },
      OPERATOR_AUTHORITY,
      actions,
    );
    expect((await personal()).paths["/data"].get.description).toMatch(/: 7 in 9 s for all keys/);
    await get("/openapi.json").set("x-api-key", secret).expect(200);
  });
});

describe("the page of a problem", () => {
  it.each(Object.entries(PROBLEMS))("%s explains it to people", async (code, { title, status }) => {
    const { text, headers } = await get(`/problems/${code}`).expect(200);
    expect(headers["content-type"]).toBe("text/html; charset=utf-8");
    expect(text).toContain(`<h1>${title}</h1>`);
    expect(text).toContain(String(status));
  });

  it("is there for each that the contract shows", async () => {
    const named = new Set(JSON.stringify(DOCUMENT).match(/\/problems\/[a-z-]+/g));
    expect(named.size).toBeGreaterThan(10);
    for (const path of named) await get(path).expect(200);
  });

  it("is listed with all others", async () => {
    const { text } = await get("/problems").expect(200);
    for (const code of Object.keys(PROBLEMS)) expect(text).toContain(`"problems/${code}"`);
    await get("/problems/unheard-of").expect(404);
  });
});
