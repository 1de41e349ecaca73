import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { makeCertificate } from "../support/certificate.ts";
import { ask } from "../support/client.ts";
import { startNginx } from "../support/proxies.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const REQUESTS = 200;
/** As an operator might switch it on: the key of the cache knows the URL, and no API key. */
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
    const wish = { folder: join(folder, name), servicePort: service.port, certificate, http, location };
    return (await startNginx(wish)).tlsPort;
  };
  const issued = [await service.issue({ scopes: ["data:read"] }), await service.issue({ scopes: ["secret:read"] })];
  secrets = issued.map(({ secret }) => secret);
  ids = issued.map(({ key }) => key.id);
});

/** What two keys in turn get to see of `target`: their statuses, their own ids, and what the cache says. */
async function alternate(port: number, target: string, count = REQUESTS) {
  const seen = [];
  for (let turn = 0; turn < count; turn++) {
    const { status, headers, body } = await ask(`https://127.0.0.1:${port}${target}`, {
      headers: { "x-api-key": secrets[turn % 2] },
    });
    seen.push({ turn, status, id: JSON.parse(body).id, cache: headers["x-cache"] });
  }
  return seen;
}

describe("a cache in nginx, switched on without a thought for keys,", () => {
  it(`never gives one key what another one got, in ${REQUESTS} requests`, async () => {
    const port = await start("honouring", CACHE);
    const own = await alternate(port, "/v1/key", REQUESTS / 2);
    expect(own.filter(({ turn, id }) => id !== ids[turn % 2])).toEqual([]);

    const data = await alternate(port, "/data", REQUESTS / 2);
    expect(data.filter(({ turn, status }) => status !== (turn % 2 === 0 ? 200 : 403))).toEqual([]);
    expect([...own, ...data].filter(({ cache }) => cache !== "MISS")).toEqual([]);
  });

  it("would do just that if it did not heed no-store: the cache is there", async () => {
    const seen = await alternate(await start("careless", CARELESS), "/v1/key", 4);
    expect(seen.map(({ id }) => id)).toEqual([ids[0], ids[0], ids[0], ids[0]]);
    expect(seen.map(({ cache }) => cache)).toEqual(["MISS", "HIT", "HIT", "HIT"]);
  });
});
