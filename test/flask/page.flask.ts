import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import { startChild } from "../support/child.ts";
import { findProgram } from "../support/debian.ts";
import { aFreePort, isOpen } from "../support/ports.ts";
import { temporaryFolder } from "../support/temporary.ts";

const ROOT = join(import.meta.dirname, "../..");
const PAGE = readFileSync(join(ROOT, "docs/gateway.md"), "utf8");
const folder = temporaryFolder();
const SECRET = "0123456789abcdef0123456789abcdef";

/** The blocks of a page that are written in `language`, in order. */
const blocksOf = (language: string) =>
  [...PAGE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, "gm"))].map(([, block = ""]) => block);

const groups: number[] = [];
afterAll(() => {
  for (const group of groups) process.kill(-group, "SIGKILL");
});

let ports = { api: 0, service: 0 };
const environment = () => ({
  HOME: folder,
  PATH: `${join(ROOT, "node_modules/.bin")}:/usr/bin:/bin`,
  PORT: String(ports.service),
  DATABASE_URL: `sqlite:${folder}/latchkey.db`,
});
const adapted = (text: string) =>
  text
    .replaceAll("127.0.0.1:5000", `127.0.0.1:${ports.api}`)
    .replaceAll("127.0.0.1:8080", `127.0.0.1:${ports.service}`);

async function start(command: string, port: number, more: Readonly<Record<string, string>> = {}) {
  // In a group of its own: npm and gunicorn leave children behind when they alone are ended.
  const child = startChild(
    ["/usr/bin/setsid", "/bin/bash", "-c", `exec env ${adapted(command)}`],
    { ...environment(), ...more },
    ROOT,
  );
  groups.push(child.process.pid ?? 0);
  let lastWords: string | undefined;
  child.ended.then(({ out, err }) => {
    lastWords = out + err;
  });
  while (!(await isOpen(port))) {
    if (lastWords !== undefined) throw new Error(`It did not start:\n${lastWords}`);
    await wait(50);
  }
}

describe("the page about the gateway", () => {
  const [startApi = "", startLatchkey = "", calls = ""] = blocksOf("sh");
  let answers: readonly string[] = [];

  beforeAll(async () => {
    findProgram("gunicorn");
    ports = { api: await aFreePort(), service: await aFreePort() };
    await start(startApi, ports.api);
    await start(startLatchkey, ports.service);
    const { stdout, stderr } = spawnSync("/bin/bash", ["-ec", adapted(calls.replaceAll("\ncurl", "\necho; curl"))], {
      cwd: ROOT,
      env: environment(),
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    answers = stdout
      .trim()
      .split("\n")
      .filter((line) => line !== "");
  });

  it("leads to what it promises: no key, a key, a key in the query, a key without the scope", () => {
    const [missing = "", data = "", info = "", scope = ""] = answers;
    expect(JSON.parse(missing)).toMatchObject({ status: 401, code: "key-missing" });
    expect(JSON.parse(data)).toEqual({ message: "Access granted", data: [1, 2, 3] });
    expect(info).toBe("Info data");
    expect(JSON.parse(scope)).toMatchObject({ status: 403, code: "scope-missing" });
    expect(answers).toHaveLength(4);
  });

  it("shows Swagger UI with both kinds of operations", async () => {
    const shown = await (await fetch(`http://127.0.0.1:${ports.service}/openapi.json`)).json();
    const paths = (shown as { paths: object }).paths;
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(["/data", "/secret-data", "/v1/keys"]));
  });
});

describe("the signature, as Flask checks it", () => {
  let port = 0;
  const program = `${blocksOf("python")[0]}
from flask import Flask
app = Flask(__name__)
app.before_request(require_latchkey)
@app.get("/data")
def data():
    return "signed"
`;

  beforeAll(async () => {
    ports = { api: await aFreePort(), service: await aFreePort() };
    writeFileSync(join(folder, "signed.py"), program);
    const secret = { LATCHKEY_UPSTREAM_SECRET: SECRET };
    await start(`gunicorn --bind 127.0.0.1:5000 --chdir ${folder} signed:app`, ports.api, secret);
    await start(blocksOf("sh")[1] ?? "", ports.service, secret);
    port = ports.api;
  });

  it("lets in what came through the gateway, and nobody else", async () => {
    const issued = spawnSync(
      "/bin/bash",
      ["-ec", "npm run -s latchkey -- keys create --client signer --create-client --scope data:read --json"],
      { cwd: ROOT, env: { ...environment(), LATCHKEY_CONTRACT: "docs/gateway/openapi.yaml" }, encoding: "utf8" },
    );
    const { secret } = JSON.parse(issued.stdout);
    const through = await fetch(`http://127.0.0.1:${ports.service}/data?x=1`, { headers: { "x-api-key": secret } });
    expect((await fetch(`http://127.0.0.1:${ports.service}/data`, { headers: { "x-api-key": secret } })).status).toBe(
      200,
    );
    // The query is none that the contract has.
    expect(through.status).toBe(400);
    const around = await fetch(`http://127.0.0.1:${port}/data`, { headers: { "X-Latchkey-Client": "admin" } });
    expect(around.status).toBe(403);
    const forged = await fetch(`http://127.0.0.1:${port}/data`, {
      headers: { "X-Latchkey-Signature": `t=${Math.floor(Date.now() / 1000)},v1=${"0".repeat(64)}` },
    });
    expect(forged.status).toBe(403);
  });
});
