import { readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { blocksOf } from "../support/pages/page.ts";
import { adapted, aShell, type ShellOptions } from "../support/pages/shell.ts";
import { aFreePort } from "../support/process/ports.ts";
import { findProgram } from "../support/programs/debian.ts";
import { ROOT } from "../support/programs/packed.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder(tmpdir());
const SECRET = "0123456789abcdef0123456789abcdef";
const blocks = blocksOf("gateway.md", "sh");
const [startApi = "", startLatchkey = "", calls = ""] = blocks.slice(
  blocks.findIndex((block) => block.startsWith("gunicorn")),
);
const [startForwardAuth = ""] = blocksOf("sidecar.md", "sh");
const shell = aShell();

/** Free ports, and the options that put them in setup of those in the pages. */
async function preparePorts(more: Readonly<Record<string, string>> = {}) {
  const ports = { api: await aFreePort(), service: await aFreePort(), proxy: await aFreePort() };
  const options: ShellOptions = {
    environment: {
      HOME: folder,
      PATH: `${join(ROOT, "node_modules/.bin")}:/usr/bin:/bin`,
      PORT: String(ports.service),
      DATABASE_URL: `sqlite:${folder}/latchkey.db`,
      ...more,
    },
    changes: [
      ["your-openapi.yaml", "docs/gateway/openapi.yaml"],
      ["127.0.0.1:5000", `127.0.0.1:${ports.api}`],
      ["127.0.0.1:8080", `127.0.0.1:${ports.service}`],
      ["127.0.0.1:8000", `127.0.0.1:${ports.proxy}`],
    ],
  };
  return { ...ports, options };
}

beforeAll(() => void findProgram("gunicorn"));

describe("the page about the gateway", () => {
  let responses: readonly string[] = [];
  let service = 0;

  beforeAll(async () => {
    const setup = await preparePorts();
    ({ service } = setup);
    await shell.start(startApi, setup.api, setup.options);
    await shell.start(startLatchkey, setup.service, setup.options);
    responses = shell.run(calls.replaceAll("\ncurl", "\necho; curl"), setup.options);
  });

  it("leads to the documented responses: no key, a key, a key in the query, a key without the scope", () => {
    const [missing = "", data = "", info = "", scope = ""] = responses;
    expect(JSON.parse(missing)).toMatchObject({ status: 401, code: "key-missing" });
    expect(JSON.parse(data)).toEqual({ message: "Access granted", data: [1, 2, 3] });
    expect(info).toBe("Info data");
    expect(JSON.parse(scope)).toMatchObject({ status: 403, code: "scope-missing" });
    expect(responses).toHaveLength(4);
  });

  it("shows Swagger UI with both kinds of operations", async () => {
    const shown = await (await fetch(`http://127.0.0.1:${service}/openapi.json`)).json();
    const paths = (shown as { paths: object }).paths;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/data", "/secret-data", "/v1/keys"]));
  });
});

describe("the same program behind nginx with forward auth", () => {
  let proxy = 0;
  let key = "";

  beforeAll(async () => {
    const setup = await preparePorts();
    ({ proxy } = setup);
    await shell.start(startApi, setup.api, setup.options);
    await shell.start(startForwardAuth, setup.service, setup.options);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (kind) => `${kind}_temp_path ${folder}/${kind};`,
    );
    const text = adapted(readFileSync(join(ROOT, "docs/sidecar/nginx.conf"), "utf8"), setup.options);
    const main = `daemon off; master_process off; pid ${folder}/pid; error_log ${folder}/main.log;\nevents {}`;
    const path = join(folder, "nginx.conf");
    writeFileSync(path, `${main}\nhttp { access_log off; ${temporary.join(" ")}\n${text}\n}`);
    await shell.start(`${findProgram("nginx")} -p ${folder} -e ${folder}/main.log -c ${path}`, proxy, setup.options);
    const words = "keys create --client asker --create-client --scope data:read,info:read --json";
    const issued = shell.run(`npm run -s latchkey -- ${words} | tr -d '\\n'`, {
      ...setup.options,
      environment: { ...setup.options.environment, LATCHKEY_CONTRACT: "docs/gateway/openapi.yaml" },
    });
    key = JSON.parse(issued.join("")).secret;
  });

  const call = async (path: string, headers: Readonly<Record<string, string>> = {}) => {
    const response = await fetch(`http://127.0.0.1:${proxy}${path}`, { headers });
    return [response.status, await response.text()];
  };

  it("responds to requests with a valid key only", async () => {
    const [status, text] = await call("/data", { "x-api-key": key });
    expect([status, JSON.parse(String(text))]).toEqual([200, { message: "Access granted", data: [1, 2, 3] }]);
    expect(await call(`/info?api_key=${key}`)).toEqual([200, "Info data"]);
    expect((await call("/data"))[0]).toBe(401);
    expect((await call("/info"))[0]).toBe(401);
    expect((await call("/data", { "x-api-key": `${key.slice(0, -1)}_` }))[0]).toBe(401);
    expect((await call("/secret-data", { "x-api-key": key }))[0]).toBe(403);
    expect((await call("/anything", { "x-api-key": key }))[0]).toBe(404);
  });
});

describe("the signature check in Flask", () => {
  const program = `${blocksOf("gateway.md", "python")[0]}
from flask import Flask
app = Flask(__name__)
app.before_request(require_latchkey)
@app.get("/data")
def data():
    return "signed"
`;
  let setup: Awaited<ReturnType<typeof preparePorts>>;

  beforeAll(async () => {
    setup = await preparePorts({ LATCHKEY_UPSTREAM_SECRET: SECRET });
    writeFileSync(join(folder, "signed.py"), program);
    await shell.start(`gunicorn --bind 127.0.0.1:5000 --chdir ${folder} signed:app`, setup.api, setup.options);
    await shell.start(startLatchkey, setup.service, setup.options);
  });

  it("admits requests through the gateway, and no others", async () => {
    const words = "keys create --client signer --create-client --scope data:read --json";
    const issued = shell.run(`npm run -s latchkey -- ${words}`, {
      changes: [],
      environment: {
        ...setup.options.environment,
        LATCHKEY_CONTRACT: "docs/gateway/openapi.yaml",
      },
    });
    const { secret } = JSON.parse(issued.join(""));
    const statusOf = async (port: number, path: string, headers: Readonly<Record<string, string>>) =>
      (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status;

    expect(await statusOf(setup.service, "/data", { "x-api-key": secret })).toBe(200);
    // The contract does not have this query parameter.
    expect(await statusOf(setup.service, "/data?x=1", { "x-api-key": secret })).toBe(400);
    expect(await statusOf(setup.api, "/data", { "X-Latchkey-Client": "admin" })).toBe(403);
    const forged = `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}`;
    expect(await statusOf(setup.api, "/data", { "X-Latchkey-Signature": forged })).toBe(403);
  });
});
