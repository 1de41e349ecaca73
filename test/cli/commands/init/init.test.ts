import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "@jest/globals";
import { LATCHKEY, startChild } from "../../../support/process/child.ts";
import { runCaptured, startProgram } from "../../../support/process/program.ts";
import { temporaryFolder } from "../../../support/temporary.ts";

const folder = temporaryFolder();
const latchkey = (...words: string[]) => runCaptured(words);
const CONTRACT =
  "openapi: 3.1.0\ninfo: { title: A, version: '1' }\npaths:\n  /a:\n    get:\n      operationId: getA\n      responses: { '200': { description: A. } }\n";

function aFile(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

const servers: ReturnType<typeof createServer>[] = [];
afterAll(() => {
  for (const server of servers) server.close();
});

async function anApi(respond: RequestListener): Promise<string> {
  const server = createServer(respond);
  servers.push(server);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe("latchkey init", () => {
  it("writes a copy beside the contract, that can be checked at once", async () => {
    const path = aFile("api.yaml", CONTRACT);
    const out = join(folder, "api.latchkey.yaml");
    const { code, out: told } = await latchkey("init", path);
    expect(code).toBe(0);
    expect(told).toContain("1 operation needs a key, by scope: a:read (1)");
    expect(told).toContain("ApiKey is new: a key in the header x-api-key.");
    expect(told).toContain(`npm run -s latchkey -- contract check ${out}`);
    expect(readFileSync(path, "utf8")).toBe(CONTRACT);
    expect(readFileSync(out, "utf8").startsWith(`${CONTRACT}      security: [{ApiKey: [a:read]}]\n`)).toBe(true);
    expect((await latchkey("contract", "check", out)).code).toBe(0);
    const { out: each } = await latchkey("init", path, "--force", "--all");
    expect(each).toContain("GET /a needs a key with a:read, because it declared no security");
  });

  it("overwrites nothing unless it is told to", async () => {
    const path = aFile("twice.yaml", CONTRACT);
    const out = aFile("twice.latchkey.yaml", "mine");
    const { code, err } = await latchkey("init", path);
    expect(code).toBe(1);
    expect(err).toMatch(
      /twice\.latchkey\.yaml already exists: add --force to overwrite it, or --out for another file\.\n$/,
    );
    expect(readFileSync(out, "utf8")).toBe("mine");
    expect((await latchkey("init", path, "--force")).code).toBe(0);
    expect(readFileSync(out, "utf8")).toContain("ApiKey");
    const again = await latchkey("init", path, "--upstream", "http://127.0.0.1:5000");
    expect(again.err).toMatch(
      /To start the service with it: .+ serve --contract .+twice\.latchkey\.yaml --upstream http/,
    );
  });

  it("writes JSON for JSON, and prints its changes as JSON", async () => {
    const path = aFile("api.json", JSON.stringify({ openapi: "3.0.3", paths: { "/a": { get: { responses: {} } } } }));
    const { out } = await latchkey("init", path, "--json");
    const { file, files, changes } = JSON.parse(out);
    expect(files).toHaveLength(1);
    expect(changes).toContainEqual({ operation: "GET /a", message: "is named getA" });
    expect(JSON.parse(readFileSync(file, "utf8")).paths["/a"].get["x-latchkey"]).toEqual({ scopes: ["a:read"] });
    expect((await latchkey("init", path, "--out", "-")).out).toMatch(/^\{"openapi":"3\.0\.3","paths":\{"\/a":/);
  });

  it("sends keys in the scheme that is chosen, if there is one of that name", async () => {
    const path = aFile("chosen.yaml", CONTRACT);
    const { code, err } = await latchkey("init", path, "--keys", "bearer");
    expect([code, err]).toEqual([1, "There is no security scheme bearer: use one of none; leave out --keys.\n"]);
  });

  it("keeps the copy of a contract in several files beside it", async () => {
    const text = CONTRACT.replace("  /a:", "  /b: { $ref: './b.yaml' }\n  /a:");
    aFile("b.yaml", "get: { responses: { '200': { description: B. } } }\n");
    const path = aFile("several.yaml", text);
    const { code, err } = await latchkey("init", path, "--out", join(folder, "elsewhere", "x.yaml"));
    expect([code, err]).toEqual([1, expect.stringMatching(/refers to other files \(\.\/b\.yaml\): leave out --out/)]);
    const { out } = await latchkey("init", path);
    expect(out).toMatch(/Wrote .+several\.latchkey\.yaml, with .+b\.latchkey\.yaml/);
  });
});

describe("latchkey init checks what it wrote", () => {
  it("and moves the paths of Latchkey where the API has some of them", async () => {
    const path = aFile("keys.yaml", CONTRACT.replace("/a:", "/v1/keys:"));
    const { code, out } = await latchkey("init", path);
    expect(code).toBe(0);
    expect(out).toContain("The paths of Latchkey itself begin with /_latchkey, because your API has some of them.");
    expect((await latchkey("contract", "check", join(folder, "keys.latchkey.yaml"))).code).toBe(0);
  });

  it("and names what a person has to correct, with an upstream too", async () => {
    const path = aFile(
      "broken.yaml",
      CONTRACT.replace("getA\n", "getA\n      parameters: [{ $ref: '#/components/parameters/Gone' }]\n"),
    );
    for (const more of [[], ["--upstream", "http://127.0.0.1:1", "--force"]]) {
      const { code, err } = await latchkey("init", path, ...more);
      expect(code).toBe(1);
      expect(err).toMatch(
        /^One thing stops the start\. Correct it in .+broken\.latchkey\.yaml:\n.+broken\.latchkey\.yaml:7: #\/components\/parameters\/Gone does not exist: .+\nThen: .+ serve --contract /,
      );
    }
  });
});

describe("latchkey init explains", () => {
  const errorOf = async (...words: string[]) => {
    const { code, out, err } = await latchkey("init", ...words);
    expect([code, out]).toEqual([1, ""]);
    return err;
  };

  it.each([
    ["Swagger 1.2", 'swagger: "1.2"\n', /is Swagger 1\.2, and only 2\.0 is converted/],
    [
      "Swagger 2.0 in several files",
      'swagger: "2.0"\npaths: { /a: { $ref: a.yaml } }\n',
      /refers to other files \(a\.yaml\)/,
    ],
    ["another document", "name: package\n", /is not an OpenAPI 3 document \(it does not say openapi: 3\.…\)/],
    [
      "a web page",
      "<!DOCTYPE html>\n<html>",
      /is a web page and not an OpenAPI document\. Frameworks serve it at:\n {2}FastAPI/,
    ],
    ["no document", "a: [", /The contract cannot be read/],
  ])("%s", async (_, text, message) => {
    expect(await errorOf(aFile("bad.yaml", text))).toMatch(message);
  });

  it("a missing file and a folder, with the contracts that are there", async () => {
    const own = join(folder, "own");
    mkdirSync(own);
    expect(await errorOf(join(own, "nowhere.yaml"))).toMatch(
      /does not exist\. Check its name and folder, or use a URL/,
    );
    writeFileSync(join(own, "openapi.yaml"), CONTRACT);
    expect(await errorOf(join(own, "nowhere.yaml"))).toBe(
      `${join(own, "nowhere.yaml")} does not exist. There are contracts beside it: ${join(own, "openapi.yaml")}.\n`,
    );
    expect(await errorOf(own)).toContain("is a folder: name a file in it. There are contracts beside it: ");
  });

  it("an API that does not run, and an upstream that is not a URL", async () => {
    const gone = await anApi(() => {});
    servers.pop()?.close();
    expect(await errorOf(`${gone}/openapi.json`)).toBe(
      `${gone}/openapi.json cannot be reached (ECONNREFUSED): start your API first, and check the address and port; or use the path of a file.\n`,
    );
    expect(await errorOf(aFile("c.yaml", CONTRACT), "--upstream", "localhost:5000")).toMatch(
      /^--upstream is not valid/,
    );
  });

  it("a URL without a contract", async () => {
    const api = await anApi((req, res) => {
      if (req.url === "/docs") return void res.end("<!doctype html>\n<title>Docs</title>");
      if (req.url === "/round") return void res.writeHead(302, { location: "/round" }).end();
      if (req.url === "/file") return void res.writeHead(302, { location: "file:///etc/passwd" }).end();
      if (req.url === "/files") return void res.end(CONTRACT.replace("/a:", "/a: { $ref: b.yaml }\n  /b:"));
      if (req.url === "/large") return void res.end(Buffer.alloc(20 * 1_048_576 + 1, " "));
      return void res.writeHead(404).end();
    });
    expect(await errorOf(`${api}/docs`)).toContain(
      "is a web page and not an OpenAPI document. Frameworks serve it at:",
    );
    expect(await errorOf(`${api}/nothing`)).toContain("responds with 404: there is nothing. Frameworks serve it at:");
    expect(await errorOf(`${api}/round`)).toContain("redirects more than 5 times");
    expect(await errorOf(`${api}/file`)).toContain("redirects to file:///etc/passwd, which is not a web address");
    expect(await errorOf(`${api}/files`)).toContain("refers to other files (b.yaml): download all of them");
    expect(await errorOf(`${api}/large`)).toContain("has more than 20 MB");
    expect(await errorOf(api.replace("//", "//user:secret@"))).not.toContain("secret");
  });
});

describe("latchkey init with an upstream", () => {
  it("ends with a service that runs, and the first call with a key that is shown once", async () => {
    const api = await anApi((req, res) => {
      if (req.url === "/moved") return void res.writeHead(307, { location: "/openapi.yaml" }).end();
      if (req.url === "/openapi.yaml") return void res.end(CONTRACT);
      return void res.end(`reached ${req.url}`);
    });
    const environment = { PORT: "0", DATABASE_URL: `sqlite:${join(folder, "init.db")}`, LOG_LEVEL: "silent" };
    const words = ["init", `${api}/moved`, "--out", join(folder, "web.yaml"), "--upstream", api];
    const first = startProgram(words, { environment });
    await first.out.until(/Try the API in a browser/);
    const [, key = "", url = ""] = /curl -H 'x-api-key: (lk_test_\w+)' (http:\S+\/a)\n/.exec(first.out.text()) ?? [];
    expect((await fetch(url)).status).toBe(401);
    const admitted = await fetch(url, { headers: { "x-api-key": key } });
    expect([admitted.status, await admitted.text()]).toEqual([200, "reached /a"]);
    first.stop();
    expect(await first.finished).toMatchObject({ code: 0, err: "" });

    const second = startProgram([...words, "--force"], { environment });
    await second.out.until(/Try the API in a browser/);
    second.stop();
    const { out } = await second.finished;
    expect(out).toMatch(/There are keys already\. Create one for this API:\n.+keys create .+ --scope a:read\n/);
    expect(out).not.toMatch(/lk_(?:test|live)_/);
  });

  it("leaves a settings file, so that other commands in this folder know the contract", async () => {
    const api = await anApi((_req, res) => void res.end("reached"));
    const own = join(folder, "with-settings");
    mkdirSync(own);
    writeFileSync(join(own, "api.yaml"), CONTRACT);
    const environment = { PORT: "0", LOG_LEVEL: "silent" };
    const service = startChild([...LATCHKEY, "init", "api.yaml", "--upstream", api], environment, own);
    await service.out.until(/Try the API in a browser: \S+\n/);
    expect(service.out.text()).toContain("Wrote latchkey.yaml, from which");
    const file = readFileSync(join(own, "latchkey.yaml"), "utf8");
    const [, schema = ""] = /^# yaml-language-server: \$schema=(.+)\n/.exec(file) ?? [];
    expect(JSON.parse(readFileSync(schema, "utf8")).title).toBe("Settings of Latchkey");
    expect(file).toMatch(/^contract: api\.latchkey\.yaml\nupstream: http:.+\n$/m);

    const words = "keys create --client my-app --create-client --scope a:read --json".split(" ");
    const created = await startChild([...LATCHKEY, ...words], {}, own).ended;
    const [url = ""] = /http:\S+(?=\nTry)/.exec(service.out.text()) ?? [];
    const headers = { "x-api-key": JSON.parse(created.out).secret };
    expect(await (await fetch(`${url}/a`, { headers })).text()).toBe("reached");
    service.process.kill("SIGTERM");
    await service.ended;

    const again = startChild([...LATCHKEY, "init", "api.yaml", "--upstream", api, "--out", "b.yaml"], environment, own);
    await again.out.until(/latchkey\.yaml stays as it is\. For other commands, set there: contract: b\.yaml\n/);
    again.process.kill("SIGTERM");
    await again.ended;
    expect(readFileSync(join(own, "latchkey.yaml"), "utf8")).toBe(file);
  });

  it("never takes the name of the settings file for a contract", async () => {
    expect(await latchkey("init", aFile("named.yaml", CONTRACT), "--out", join(folder, "latchkey.yaml"))).toEqual({
      code: 1,
      out: "",
      err: "latchkey.yaml is the name of the settings file: use --out with another name.\n",
    });
  });

  it("warns of an API that does not run", async () => {
    const environment = { PORT: "0", DATABASE_URL: `sqlite:${join(folder, "silent.db")}`, LOG_LEVEL: "silent" };
    const words = ["init", aFile("silent.yaml", CONTRACT), "--upstream", "http://127.0.0.1:1"];
    const service = startProgram(words, { environment });
    await service.out.until(/Try the API in a browser/);
    service.stop();
    expect((await service.finished).err).toBe(
      "Your API does not respond at http://127.0.0.1:1: until it is started there, requests get 502.\n",
    );
  });
});
