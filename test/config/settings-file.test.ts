import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { SETTINGS } from "../../src/config/config.ts";
import { fileNameOf } from "../../src/config/file-names.ts";
import { loadConfig, type SettingsInput } from "../../src/config/load-config.ts";
import { temporaryFolder } from "../support/temporary.ts";

const folder = temporaryFolder();
let count = 0;

/** A settings file in a folder of its own. */
function aFile(text: string): string {
  const own = join(folder, String(++count));
  mkdirSync(own);
  const file = join(own, "latchkey.yaml");
  writeFileSync(file, text);
  return file;
}

const load = (text: string, input: Partial<SettingsInput> = {}) => {
  const { environment, options } = input;
  const file = aFile(text);
  return loadConfig({ environment: { LATCHKEY_CONFIG: file, ...environment }, options: options ?? {} });
};

async function configOf(text: string, input: Partial<SettingsInput> = {}) {
  const loaded = await load(text, input);
  if (loaded.kind === "invalid") throw new Error(loaded.errors.join("\n"));
  return loaded.config;
}

/** The errors, without the path of the file. */
async function errorsIn(text: string, input: Partial<SettingsInput> = {}) {
  const loaded = await load(text, input);
  return loaded.kind === "valid" ? [] : loaded.errors.map((error) => error.replace(/^.*latchkey\.yaml:/, ""));
}

const validate = new Ajv({ allowUnionTypes: true, strictTypes: false }).compile(
  JSON.parse(readFileSync(new URL("../../docs/latchkey.schema.json", import.meta.url), "utf8")),
);

const EVERYTHING = `
port: 9000
host: 0.0.0.0
databaseUrl: sqlite:./data/own.db
logLevel: warn
workers: 4
fastPath: false
brand: acme
environments: [live]
contract: api/openapi.yaml
strict: true
requests: report
upstream: http://127.0.0.1:5000
upstreamSecretFile: secrets/upstream
upstreamFirstByteSeconds: 5
maxBodyBytes: 2048
corsOrigins:
  - https://app.example.com
  - http://localhost:3000
adminListen: 127.0.0.1:9001
trustProxy: 1
usageRetention: [3h, 32d, 400d]
`;

describe("a settings file", () => {
  it("sets what environment variables set, in YAML's types", async () => {
    const { port, fastPath, workers, environments, contract, transport, usageRetention } = await configOf(EVERYTHING);
    expect({ port, fastPath, workers, environments }).toEqual({
      port: 9000,
      fastPath: false,
      workers: 4,
      environments: ["live"],
    });
    expect(contract).toMatchObject({ isStrict: true, requests: "report", upstream: "http://127.0.0.1:5000" });
    expect(contract).toMatchObject({ upstreamFirstByteSeconds: 5, maxBodyBytes: 2048 });
    expect(transport.corsOrigins).toEqual(["https://app.example.com", "http://localhost:3000"]);
    expect(transport.adminListen).toEqual({ host: "127.0.0.1", port: 9001 });
    expect(usageRetention.minute).toBe(10_800_000);
  });

  it("names paths relative to itself", async () => {
    const file = aFile(
      "contract: api/openapi.yaml\ndatabaseUrl: sqlite:data/x.db\nupstream: http://a.test\nupstreamSecretFile: s\n",
    );
    const loaded = await loadConfig({ environment: { LATCHKEY_CONFIG: file } });
    const beside = (name: string) => join(file, "..", name);
    expect(loaded).toMatchObject({
      kind: "valid",
      config: {
        databaseUrl: `sqlite:${beside("data/x.db")}`,
        contract: { path: beside("api/openapi.yaml"), upstreamSecret: { file: beside("s") } },
      },
    });
  });

  it("leaves absolute paths and a database in memory as they are", async () => {
    expect((await configOf("contract: /etc/a.yaml")).contract.path).toBe("/etc/a.yaml");
    expect((await configOf("databaseUrl: sqlite:/srv/a.db")).databaseUrl).toBe("sqlite:/srv/a.db");
    expect((await configOf("databaseUrl: 'sqlite::memory:'")).databaseUrl).toBe("sqlite::memory:");
  });

  it("gives way to the environment, and both to options", async () => {
    expect((await configOf("port: 1")).port).toBe(1);
    expect((await configOf("port: 1", { environment: { PORT: "2" } })).port).toBe(2);
    expect((await configOf("port: 1", { environment: { PORT: "2" }, options: { PORT: "3" } })).port).toBe(3);
    expect((await configOf("port: 1", { environment: { PORT: "" } })).port).toBe(1);
    expect((await configOf("strict: true", { options: { LATCHKEY_STRICT: "false" } })).contract.isStrict).toBe(false);
  });

  it("may be empty, and may name a setting without a value", async () => {
    for (const text of ["", "# nothing yet\n", "---\n", "port:\nupstream: ''\n"]) {
      expect((await configOf(text)).port).toBe(8080);
    }
  });

  it("is named by an option rather than by the environment", async () => {
    const options = { LATCHKEY_CONFIG: aFile("port: 7") };
    expect((await configOf("port: 8", { options })).port).toBe(7);
  });

  it("tells where each value comes from", async () => {
    const loaded = await load("host: '::1'\n\nport: 1\n", {
      environment: { LOG_LEVEL: "warn" },
      options: { PORT: "2" },
    });
    if (loaded.kind === "invalid") throw new Error(loaded.errors.join());
    const { sourceOf } = loaded.gathered;
    expect(sourceOf({ name: "HOST" })).toMatchObject({ kind: "file", line: 1, column: 7 });
    expect(sourceOf({ name: "PORT" })).toEqual({ kind: "option" });
    expect(sourceOf({ name: "LOG_LEVEL" })).toEqual({ kind: "environment" });
    expect(sourceOf({ name: "LATCHKEY_BRAND" })).toEqual({ kind: "default" });
  });
});

describe("an error in a settings file", () => {
  it.each([
    ["prot: 9000", "1:1: prot is not a setting: use port."],
    ["\nLATCHKEY_BRAND: acme", "2:1: LATCHKEY_BRAND is not a setting: use brand."],
    ["max_body_bytes: 2048", "1:1: max_body_bytes is not a setting: use maxBodyBytes."],
    ["colour: red", "1:1: colour is not a setting: remove it, or correct it (docs/settings.md lists all)."],
    ["constructor: 1", "1:1: constructor is not a setting: remove it, or correct it (docs/settings.md lists all)."],
    ["port: 1\nport: 2", "2:1: port is here twice: remove one."],
    ["port: '80'", "1:7: port is not valid: give a whole number from 0 to 65535. In YAML that has no quotes."],
    ["port: 70000", "1:7: port is not valid: give a whole number from 0 to 65535."],
    ["port: 80.5", "1:7: port is not valid: give a whole number from 0 to 65535. In YAML that has no quotes."],
    ["port: [80]", "1:7: port is not valid: give a whole number from 0 to 65535. In YAML that has no quotes."],
    ["brand: 12", /^1:8: brand is not valid: give up to 16 .+ In YAML it may need quotes\.$/],
    ["strict: yes", "1:9: strict is not valid: give true or false."],
    ["logLevel: loud", /^1:11: logLevel is not valid: give one of fatal,/],
    ["corsOrigins: [https://a.example, 1]", /^1:14: corsOrigins is not valid: give exact origins/],
    ["upstream: { url: http://a.test }", /^1:11: upstream is not valid: give a URL/],
    ["tlsCert: a.pem", "1:10: tlsCert and tlsKey go together: set both, or neither."],
    ["upstream: http://a.test", "1:11: upstream is about your own contract: set contract too."],
    ["upstreamSecret: 0123456789abcdef0123456789abcdef", /^1:1: upstreamSecret is a secret.+upstreamSecretFile\.$/],
    ["config: other.yaml", /^1:1: config names the settings file: set it as an environment variable/],
    ["lenient: true", "1:1: lenient is the default: leave it out, or use strict."],
    ["port: *nowhere", /^1:7: port is not valid/],
    ["port: [1\nhost: a", /^\d:\d+: .+: correct the YAML\.$/],
    ["\tport: 1", /^1:1: .+: correct the YAML\.$/],
    ["port: 1\n---\nport: 2", /^\d:\d: .+: correct the YAML\.$/],
    ["port:9000", "1:1: these are not settings: write each as name: value."],
    ["- port", "1:1: these are not settings: write each as name: value."],
  ])("%j has its place and its fix", async (text, error) => {
    expect(await errorsIn(text)).toEqual([typeof error === "string" ? error : expect.stringMatching(error)]);
  });

  it("is reported together with all others, in the order of the file", async () => {
    const errors = await errorsIn("prot: 1\nhost: 5\nport: x\nbrand: NO\n", { environment: { LOG_LEVEL: "loud" } });
    expect(errors.map((error) => error.split(" ", 2).join(" "))).toEqual([
      "1:1: prot",
      "2:7: host",
      "3:7: port",
      "4:8: brand",
      "LOG_LEVEL is",
    ]);
  });

  it("never quotes a value, which may be a secret in the wrong place", async () => {
    const secret = "hunter2hunter2hunter2hunter2hunter2!";
    for (const name of ["upstreamSecret", "port", "upstream", "brand", "databaseUrl", "nothing"]) {
      expect((await errorsIn(`${name}: ${secret}`)).join()).not.toContain("hunter2");
    }
  });

  it("names a variable where the value comes from the environment", async () => {
    expect(await errorsIn("port: 80", { environment: { LATCHKEY_UPSTREAM: "http://a.test" } })).toEqual([
      "LATCHKEY_UPSTREAM is about your own contract: set LATCHKEY_CONTRACT too.",
    ]);
  });
});

describe("a file that is not a settings file", () => {
  const errorsOf = async (file: string) => {
    const loaded = await loadConfig({ environment: { LATCHKEY_CONFIG: file } });
    return loaded.kind === "valid" ? [] : loaded.errors;
  };

  it("stops everything, also where it is not there", async () => {
    const link = join(folder, "link.yaml");
    symlinkSync(join(folder, "nowhere"), link);
    for (const file of [join(folder, "absent.yaml"), link]) {
      expect(await errorsOf(file)).toEqual([
        expect.stringMatching(/the file does not exist; check its name and folder$/),
      ]);
    }
    expect(await errorsOf(folder)).toEqual([expect.stringMatching(/it is a folder/)]);
    expect(await errorsOf("/dev/zero")).toEqual([expect.stringMatching(/it is not a regular file/)]);
  });

  it("is recognised when it is a contract, or far too long", async () => {
    expect(await errorsOf(aFile("openapi: 3.1.0\ninfo: {}\n"))).toEqual([
      expect.stringMatching(/it is an OpenAPI document, but a file of this name holds settings: rename it\.$/),
    ]);
    expect(await errorsOf(aFile(`# ${"x".repeat(100_000)}\n`))).toEqual([expect.stringMatching(/it is too long/)]);
  });
});

describe("docs/latchkey.schema.json", () => {
  it("has every setting that may be in the file, by its name there", () => {
    const names = SETTINGS.filter(({ inFile }) => inFile.kind !== "absent").map(fileNameOf);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(validate({ [name]: null })).toBe(true);
    for (const name of ["prot", "upstreamSecret", "lenient", "config"]) expect(validate({ [name]: null })).toBe(false);
  });

  it.each([EVERYTHING, "", "port: 1\nfastPath: on\n", "corsOrigins: https://a.example"])(
    "admits %j, which is valid",
    async (text) => {
      expect(validate(parse(text))).toBe(true);
      if (!text.includes("upstream")) await configOf(text);
    },
  );

  it.each(["port: '80'", "port: 70000", "strict: yes", "requests: maybe", "upstream: {}", "brand: 12", "workers: 0"])(
    "refuses %j, as the service does",
    async (text) => {
      expect(validate(parse(text))).toBe(false);
      expect(await errorsIn(text)).toHaveLength(1);
    },
  );
});
