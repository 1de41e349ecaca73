import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { makeCertificate } from "../support/programs/certificate.ts";
import { startNginx } from "../support/programs/proxies.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";
import { fetchOnce } from "../support/wire/client.ts";

const REQUESTS = 200;
/** A cache as an operator might enable it: its key contains the URL, but not the API key. */
const CACHE =
  "proxy_cache shared; proxy_cache_key $request_uri; proxy_cache_valid any 1m; add_header X-Cache $upstream_cache_status always;";
const CARELESS = `${CACHE} proxy_ignore_headers Cache-Control Expires Set-Cookie Vary;`;

const folder = temporaryFolder();
const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
let start: (name: string, location: string) => Promise<number>;
let secrets: string[] = [];
let ids: string[] = [];

beforeAll(async () => {
  const certificate = makeCertificate(folder);
  start = async (name, location) => {
    const http = `proxy_cache_path ${folder}/${name}-cache keys_zone=shared:1m;`;
    const options = { folder: join(folder, name), servicePort: service.port, certificate, http, location };
    return (await startNginx(options)).tlsPort;
  };
  const issued = [await service.issue({ scopes: ["data:read"] }), await service.issue({ scopes: ["secret:read"] })];
  secrets = issued.map(({ secret }) => secret);
  ids = issued.map(({ key }) => key.id);
});

/** Requests `target` with two keys in turn, and collects status, key id and state of the cache. */
async function alternate(port: number, target: string, count = REQUESTS) {
  const seen = [];
  for (let turn = 0; turn < count; turn++) {
    const { status, headers, body } = await fetchOnce(`https://127.0.0.1:${port}${target}`, {
      headers: { "x-api-key": secrets[turn % 2] },
    });
    seen.push({ turn, status, id: JSON.parse(body).id, cache: headers["x-cache"] });
  }
  return seen;
}

describe("a cache in nginx that does not consider API keys", () => {
  it(`never gives one key the response of another, in ${REQUESTS} requests`, async () => {
    const port = await start("honouring", CACHE);
    const own = await alternate(port, "/v1/key", REQUESTS / 2);
    expect(own.filter(({ turn, id }) => id !== ids[turn % 2])).toEqual([]);

    const data = await alternate(port, "/data", REQUESTS / 2);
    expect(data.filter(({ turn, status }) => status !== (turn % 2 === 0 ? 200 : 403))).toEqual([]);
    expect([...own, ...data].filter(({ cache }) => cache !== "MISS")).toEqual([]);
  });

  it("would do that if it ignored no-store, so the cache works", async () => {
    const seen = await alternate(await start("careless", CARELESS), "/v1/key", 4);
    expect(seen.map(({ id }) => id)).toEqual([ids[0], ids[0], ids[0], ids[0]]);
    expect(seen.map(({ cache }) => cache)).toEqual(["MISS", "HIT", "HIT", "HIT"]);
  });
});

describe("the same cache in front of the gateway", () => {
  const upstream = anUpstream();
  const gateway = aService(() => {
    const path = join(folder, "own.yaml");
    writeFileSync(path, CONTRACT);
    return {
      LATCHKEY_CONTRACT: path,
      LATCHKEY_LENIENT: "true",
      LATCHKEY_UPSTREAM: upstream.url,
      LATCHKEY_TRUST_PROXY: "1",
    };
  });

  it.each([
    ["Cache-Control", 'private="set-cookie", max-age=60'],
    ["Cache-Control", "private, s-maxage=60"],
    ["Cache-Control", "max-age=60"],
    ["X-Accel-Expires", "60"],
    ["Expires", "Fri, 01 Jan 2100 00:00:00 GMT"],
  ])("keeps no response to a request with a key when the upstream sends %s: %s", async (name, value) => {
    const wanted = { client: "shop", scopes: ["own:read"] };
    const two = [await gateway.issue(wanted), await gateway.issue(wanted)];
    upstream.respondWith((req, res) => void res.setHeader(name, value).end(req.headers["x-latchkey-key"]));
    const http = `proxy_cache_path ${folder}/gateway-cache keys_zone=shared:1m;`;
    const options = { folder: join(folder, "gateway"), servicePort: gateway.port, http, location: CACHE };
    const port = (await startNginx({ ...options, certificate: makeCertificate(folder) })).tlsPort;
    for (const { secret, key } of [...two, ...two]) {
      const { body, headers } = await fetchOnce(`https://127.0.0.1:${port}/own`, { headers: { "x-api-key": secret } });
      expect({ body, cache: headers["x-cache"] }).toEqual({ body: key.id, cache: "MISS" });
    }
  });
});

const CONTRACT = `openapi: 3.1.1
info: { title: Own, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /own: { get: { operationId: getOwn, security: [{ Key: [own:read] }], responses: { '200': { description: Own. } } } }
components:
  securitySchemes:
    Key: { type: apiKey, in: header, name: X-Api-Key, x-scopes: { own:read: a } }
`;
