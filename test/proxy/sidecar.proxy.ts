import { readFileSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, beforeEach, describe, expect, it } from "@jest/globals";
import { startChild } from "../support/child.ts";
import { findProgram } from "../support/debian.ts";
import { aFreePort, isOpen } from "../support/ports.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream } from "../support/upstream.ts";

const DOCUMENTED = join(import.meta.dirname, "../../docs/sidecar");
const folder = temporaryFolder();
const service = aService({ LATCHKEY_TRUST_PROXY: "1" });
const upstream = anUpstream();
const ports: Record<string, number> = {};
let secret = "";
let clientId = "";
let revoked = "";

function adapted(file: string, port: number): string {
  const changes = [
    ["127.0.0.1:8080", `127.0.0.1:${service.port}`],
    ["127.0.0.1:5000", new URL(upstream.url).host],
    [":8000", `:${port}`],
  ] as const;
  return changes.reduce(
    (text, [from, to]) => {
      if (!text.includes(from)) throw new Error(`docs/sidecar/${file} has no ${from} any more.`);
      return text.replaceAll(from, to);
    },
    readFileSync(join(DOCUMENTED, file), "utf8"),
  );
}

async function start(words: readonly string[], port: number) {
  const child = startChild(words as [string, ...string[]], {
    HOME: folder,
    XDG_DATA_HOME: folder,
    XDG_CONFIG_HOME: folder,
  });
  let lastWords: string | undefined;
  child.ended.then(({ err }) => {
    lastWords = err;
  });
  while (!(await isOpen(port))) {
    if (lastWords !== undefined) throw new Error(`It did not start:\n${lastWords}`);
    await wait(20);
  }
}

beforeAll(async () => {
  const issued = await service.issue({ client: "caller", scopes: ["data:read"] });
  ({ secret } = issued);
  clientId = issued.key.client.id;
  const gone = await service.issue({ client: "caller", scopes: ["data:read"] });
  revoked = gone.secret;
  await service.running.deeds.db.updateTable("keys").set({ revoked_at: 1 }).where("id", "=", gone.key.id).execute();

  const nginx = await aFreePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
    (kind) => `${kind}_temp_path ${folder}/${kind};`,
  );
  writeFileSync(
    join(folder, "nginx.conf"),
    `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/main.log;\nevents {}\nhttp { access_log off; ${temporary.join(" ")}\n${adapted("nginx.conf", nginx)}\n}`,
  );
  await start(
    [findProgram("nginx"), "-p", folder, "-e", join(folder, "main.log"), "-c", join(folder, "nginx.conf")],
    nginx,
  );

  const caddy = await aFreePort();
  const text = adapted("Caddyfile", caddy).replace("auto_https", "admin off\n\tdefault_bind 127.0.0.1\n\tauto_https");
  writeFileSync(join(folder, "Caddyfile"), text);
  await start([findProgram("caddy"), "run", "--config", join(folder, "Caddyfile"), "--adapter", "caddyfile"], caddy);
  Object.assign(ports, { nginx, caddy });
});
beforeEach(() => upstream.forget());

describe.each(["nginx", "caddy"])("behind the documented %s", (name) => {
  const call = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    fetch(`http://localhost:${ports[name]}${path}`, { headers, redirect: "manual" });

  it("a request with the right key reaches the API, without the key and with who calls", async () => {
    const answer = await call("/data", { "x-api-key": secret });
    expect([answer.status, await answer.json()]).toEqual([200, { ok: true }]);
    expect(upstream.last().headers).toMatchObject({ "x-latchkey-client": clientId, "x-latchkey-scopes": "data:read" });
    expect(JSON.stringify(upstream.last())).not.toContain(secret);
  });

  it.each([
    ["no key", "/data", {}, 401],
    ["a revoked key", "/data", { revoked: "1" }, 401],
    ["a key without the scope", "/secret-data", { good: "1" }, 403],
    ["a path that the contract does not have", "/admin", { good: "1" }, 403],
    ["another method's path", "/v1/key/rotate", { good: "1" }, 403],
  ])("a request with %s does not", async (_, path, which: Readonly<Record<string, string>>, status) => {
    const key = which["good"] ? secret : which["revoked"] ? revoked : undefined;
    const answer = await call(path, key === undefined ? {} : { "x-api-key": key });
    expect(answer.status).toBe(status);
    if (status === 401) expect(answer.headers.get("www-authenticate")).toMatch(/^Bearer realm="latchkey"/);
    expect(upstream.recorded).toEqual([]);
  });

  it("nobody can claim to be somebody", async () => {
    const text = await raw(ports[name] ?? 0, [
      "GET /data HTTP/1.1",
      "Host: localhost",
      `x-api-key: ${secret}`,
      ...["X-Latchkey-Client: admin", "X_Latchkey_Client: admin", "x-latchkey-scopes: all:all"],
      "Connection: close",
    ]);
    expect(text).toMatch(/^HTTP\/1\.1 200/);
    expect(upstream.last().rawHeaders.join(" ")).not.toMatch(/admin|all:all/);
  });

  it("a public operation reaches the API without an identity, whatever is claimed", async () => {
    await raw(ports[name] ?? 0, [
      "GET /healthz HTTP/1.1",
      "Host: localhost",
      "X-Latchkey-Client: admin",
      "Connection: close",
    ]);
    expect(upstream.last().url).toBe("/healthz");
    expect(upstream.last().headers["x-latchkey-client"] ?? "").toBe("");
  });

  /** Whatever a client can say to be taken for somebody else, or for another request. */
  const TRICKS: readonly (readonly string[])[] = [
    ...["/%64ata", "//data", "/./data", "/data/", "/DATA", "/healthz/../data", "/healthz/..%2fdata", "/%2e/data"].map(
      (path) => [`GET ${path} HTTP/1.1`],
    ),
    ...[
      "/healthz%00/data",
      "/healthz%2f..%2fdata",
      "/healthz;/../data",
      "/healthz?/../data#x",
      "http://localhost/data",
    ].map((path) => [`GET ${path} HTTP/1.1`]),
    ["GET /data HTTP/1.1", "X-Original-URI: /healthz", "X-Original-Method: GET"],
    ["GET /data HTTP/1.1", "X-Forwarded-Uri: /healthz", "X-Forwarded-Method: GET"],
    ["GET /data HTTP/1.1", "X-Original-URL: /healthz", "X-Rewrite-URL: /healthz"],
    ["GET /data HTTP/1.1", "X-HTTP-Method-Override: OPTIONS"],
    ["OPTIONS /data HTTP/1.1", "Origin: http://a", "Access-Control-Request-Method: GET"],
    ["POST /data HTTP/1.1", "Content-Length: 0"],
    ["GET /data HTTP/1.1", "x-api-key: "],
    ["GET /data HTTP/1.1", "x-api-key: a", "x-api-key: b"],
    ["GET /data?api_key=x HTTP/1.1"],
    ["GET /_latchkey HTTP/1.1"],
    ["GET /v1/authorize HTTP/1.1", "X-Original-URI: /healthz", "X-Original-Method: GET"],
    ["GET /v1/authorize/healthz HTTP/1.1"],
    ["GET /data HTTP/1.1", "Content-Length: 4", "Transfer-Encoding: chunked"],
    ["GET /data HTTP/1.1", "Connection: x-api-key, x-original-uri"],
  ];

  it.each(TRICKS.map((lines) => [lines.join(" | "), lines] as const))(
    "nobody gets through without a key: %s",
    async (_, lines) => {
      const [first = "", ...more] = lines;
      await raw(ports[name] ?? 0, [first, "Host: localhost", ...more, "Connection: close"]);
      const reached = upstream.recorded.filter(({ url }) => !/^\/healthz(?:\?|$)/.test(url));
      expect(reached).toEqual([]);
    },
  );
});

function raw(port: number, lines: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const socket = connect(port, "localhost", () => socket.write(`${lines.join("\r\n")}\r\n\r\n`));
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("data", (piece) => pieces.push(piece));
    socket.on("error", () => {});
    socket.on("close", () => resolve(Buffer.concat(pieces).toString()));
  });
}
