import { execFile, execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { anUpstream, type Recorded } from "../support/upstream.ts";

const CONTRACT = `openapi: 3.0.3
info: { title: What ordinary clients send, version: "1" }
servers: [{ url: / }]
security: [{ Key: [] }]
paths:
  /query:
    get:
      operationId: sendQuery
      parameters: [{ name: value, in: query, required: true, schema: { type: string, maxLength: 60 } }]
      responses: { "200": { description: Recorded. } }
  /path/{value}:
    get:
      operationId: sendPath
      parameters: [{ name: value, in: path, required: true, schema: { type: string, maxLength: 60 } }]
      responses: { "200": { description: Recorded. } }
  /header:
    get:
      operationId: sendHeader
      parameters: [{ name: X-Value, in: header, required: true, schema: { type: string, maxLength: 60 } }]
      responses: { "200": { description: Recorded. } }
  /form:
    post:
      operationId: sendForm
      requestBody: { required: true, content: { application/x-www-form-urlencoded: { schema: { $ref: "#/components/schemas/Body" } } } }
      responses: { "200": { description: Recorded. } }
  /json:
    post:
      operationId: sendJson
      requestBody: { required: true, content: { application/json: { schema: { $ref: "#/components/schemas/Body" } } } }
      responses: { "200": { description: Recorded. } }
components:
  schemas:
    Body: { type: object, required: [value], additionalProperties: false, properties: { value: { type: string, maxLength: 60 } } }
  securitySchemes: { Key: { type: apiKey, in: header, name: X-Api-Key } }
`;

const VISIBLE = ["a b", "a+b", "x:y", "2024-01-01T10:00:00+02:00", "100%", "a&b=c", "a,b;c", "'()!*@$~", 'say "hi"'];
const TEXT = [...VISIBLE, "😀 naïve", "a/b?c#d", "%41"];

/** What each client sends. A slash in a path has rules of its own, and headers are not UTF-8 for every client. */
const PLAN = { query: TEXT, path: [...VISIBLE, "😀 naïve"], header: VISIBLE, text: TEXT } as const;
const COUNT = PLAN.query.length + PLAN.path.length + PLAN.header.length + 2 * PLAN.text.length;

const AXIOS = "axios@1.21.1";
const PYTHON_PACKAGES = ["requests==2.34.2", "httpx==0.28.1"];
const PROGRAMS = fileURLToPath(new URL("programs/", import.meta.url));
const INSTALLED_WITHIN_MS = 300_000;

/** What must be on the machine, and how it gets there: without it a suite fails, and never passes unseen. */
const NEEDED = {
  python3: "install Python 3.10 or later with venv (apt-get install python3-venv)",
  go: "install Go (https://go.dev/dl)",
  java: "install a JDK of version 17 or later (apt-get install default-jdk-headless)",
  curl: "install curl 7.82 or later (apt-get install curl)",
} as const;

type Client = {
  readonly needs?: keyof typeof NEEDED;
  /** Installs and compiles what it needs, in its folder. */
  readonly prepare?: (folder: string) => void;
  readonly command: (folder: string) => readonly [string, ...string[]];
  /** How it reads the plan: as JSON in its last argument, or from a file of lines. */
  readonly plan: "json" | "lines";
};

const inPrograms = (file: string) => join(PROGRAMS, file);
const run = (folder: string, file: string, ...words: readonly string[]) =>
  void execFileSync(file, words, { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });

function python(file: string, ...packages: readonly string[]): Client {
  return {
    needs: "python3",
    prepare: (folder) => {
      run(folder, "python3", "-m", "venv", ".venv");
      if (packages.length > 0) run(folder, ".venv/bin/pip", "install", "--quiet", ...packages);
    },
    command: (folder) => [join(folder, ".venv/bin/python"), inPrograms(file)],
    plan: "json",
  };
}

const CLIENTS: Readonly<Record<string, Client>> = {
  "fetch with URLSearchParams": { command: () => [process.execPath, inPrograms("fetch.mjs")], plan: "json" },
  axios: {
    prepare: (folder) => {
      run(folder, "npm", "install", "--silent", "--no-audit", "--no-fund", AXIOS);
      run(folder, "cp", inPrograms("axios.mjs"), "axios.mjs");
    },
    command: (folder) => [process.execPath, join(folder, "axios.mjs")],
    plan: "json",
  },
  requests: python("with-requests.py", ...PYTHON_PACKAGES.slice(0, 1)),
  httpx: python("with-httpx.py", ...PYTHON_PACKAGES.slice(1)),
  urllib: python("with-urllib.py"),
  "Go net/http": {
    needs: "go",
    prepare: (folder) => run(folder, "go", "build", "-o", "client", inPrograms("main.go")),
    command: (folder) => [join(folder, "client")],
    plan: "json",
  },
  "Java HttpClient": { needs: "java", command: () => ["java", inPrograms("Client.java")], plan: "lines" },
  "curl with --data-urlencode": { needs: "curl", command: () => ["sh", inPrograms("curl.sh")], plan: "lines" },
};

const folder = temporaryFolder();
const upstream = anUpstream();
const service = aService(() => {
  writeFileSync(join(folder, "contract.yaml"), CONTRACT);
  return { LATCHKEY_CONTRACT: join(folder, "contract.yaml"), LATCHKEY_UPSTREAM: upstream.url };
});
let key = "";
beforeAll(async () => {
  ({ secret: key } = await service.issue({ client: "clients", scopes: [] }));
});

describe.each(Object.entries(CLIENTS))("%s", (name, client) => {
  const own = temporaryFolder();
  let direct: readonly Recorded[] = [];
  let passed: readonly Recorded[] = [];

  beforeAll(async () => {
    requireProgram(client);
    client.prepare?.(own);
    direct = await recordedOf(client, own, upstream.url);
    passed = await recordedOf(client, own, service.url);
  }, INSTALLED_WITHIN_MS);

  it("is never refused", () => {
    expect([name, direct.length, passed.length]).toEqual([name, COUNT, COUNT]);
  });

  it("reaches the upstream with the values that it was given", () => {
    expect(passed.map(valueIn)).toEqual([...PLAN.query, ...PLAN.path, ...PLAN.header, ...PLAN.text, ...PLAN.text]);
  });

  it("reaches the upstream with the same bytes as without the gateway", () => {
    const bytesOf = ({ method, url, headers, body }: Recorded) => ({
      method,
      query: url.split("?")[1],
      header: headers["x-value"],
      type: headers["content-type"],
      body,
    });
    expect(passed.map(bytesOf)).toEqual(direct.map(bytesOf));
  });
});

function requireProgram({ needs }: Client) {
  if (needs === undefined) return;
  try {
    execFileSync("sh", ["-c", `command -v ${needs}`], { stdio: "ignore" });
  } catch {
    throw new Error(`${needs} is missing: ${NEEDED[needs]}`);
  }
}

const execute = promisify(execFile);

/** What the upstream records while the client sends its plan to `url`. */
async function recordedOf({ command, plan }: Client, own: string, url: string): Promise<readonly Recorded[]> {
  upstream.forget();
  const [file, ...words] = command(own);
  const { stderr } = await execute(file, [...words, plan === "json" ? asJson(url) : asLines(own, url)], {
    cwd: own,
    env: { ...process.env, LC_ALL: "C.UTF-8" },
  });
  expect(stderr).toBe("");
  return [...upstream.recorded];
}

function asJson(url: string): string {
  return JSON.stringify({ url, key, ...PLAN });
}

function asLines(own: string, url: string): string {
  const rows: readonly (readonly [string, readonly string[]])[] = [
    ["url", [url]],
    ["key", [key]],
    ["query", PLAN.query],
    ["path", PLAN.path],
    ["header", PLAN.header],
    ["form", PLAN.text],
    ["json", PLAN.text],
  ];
  const file = join(own, "plan.txt");
  writeFileSync(file, rows.flatMap(([kind, values]) => values.map((value) => `${kind}\t${value}\n`)).join(""));
  return file;
}

/** The value in a request, as an API reads it. */
function valueIn({ url, headers, body }: Recorded): unknown {
  const { pathname, searchParams } = new URL(url, "http://upstream");
  if (pathname === "/query") return searchParams.get("value");
  if (pathname === "/header") return headers["x-value"];
  if (pathname === "/form") return new URLSearchParams(body).get("value");
  if (pathname === "/json") return (JSON.parse(body) as { readonly value: unknown }).value;
  return decodeURIComponent(pathname.slice("/path/".length));
}
