import { writeFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { aShell } from "../support/pages/shell.ts";
import { aFreePort } from "../support/process/ports.ts";
import { findProgram } from "../support/programs/debian.ts";
import { aService } from "../support/service.ts";
import { temporaryFolder } from "../support/temporary.ts";

const CONTRACT = `openapi: 3.1.1
info: { title: Folding, version: 1.0.0 }
servers: [{ url: / }]
paths:
  /environ:
    get:
      operationId: getEnviron
      security: [{ Key: [all:read] }]
      parameters: [{ name: X-Tenant, in: header, schema: { type: string, pattern: '^[a-z]+$', maxLength: 9 } }]
      responses: { '200': { description: What the program saw. } }
components:
  securitySchemes:
    Key: { type: apiKey, in: header, name: X-Api-Key, x-scopes: { all:read: a } }
`;

/** Names headers as the WSGI server of the Python library does, or as CGI does (RFC 3875 §4.1.18). */
const PROGRAM = `
import json, re, sys
from wsgiref.simple_server import WSGIRequestHandler, make_server

class CgiNames(WSGIRequestHandler):
    def get_environ(self):
        environ = super().get_environ()
        for name, value in self.headers.items():
            environ["HTTP_" + re.sub("[^A-Z0-9]", "_", name.upper())] = value
        return environ

def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "application/json")])
    return [json.dumps({name: value for name, value in environ.items() if name.startswith("HTTP_")}).encode()]

handler = CgiNames if sys.argv[2] == "cgi" else WSGIRequestHandler
make_server("127.0.0.1", int(sys.argv[1]), app, handler_class=handler).serve_forever()
`;

const folder = temporaryFolder();
const shell = aShell();

describe.each(["wsgi", "cgi"])("a Python program that receives headers by %s", (kind) => {
  let port = 0;
  beforeAll(async () => {
    port = await aFreePort();
    writeFileSync(join(folder, "folding.py"), PROGRAM);
    writeFileSync(join(folder, "folding.yaml"), CONTRACT);
    await shell.start(`${findProgram("python3")} ${folder}/folding.py ${port} ${kind}`, port, {
      environment: {},
      changes: [],
    });
  });
  const service = aService(() => ({
    LATCHKEY_CONTRACT: join(folder, "folding.yaml"),
    LATCHKEY_LENIENT: "true",
    LATCHKEY_UPSTREAM: `http://127.0.0.1:${port}`,
  }));

  /** What the program receives for these header lines. */
  const seen = async (...lines: readonly string[]): Promise<Readonly<Record<string, string>>> => {
    const { secret } = await service.issue({ client: "shop", scopes: ["all:read"] });
    const { resolve, promise } = Promise.withResolvers<string>();
    const headers = ["Host", "a", "X-Api-Key", secret, "Connection", "close", ...lines];
    request(`${service.url}/environ`, { headers }, async (response) => {
      resolve((await response.toArray()).join(""));
    }).end();
    return JSON.parse(await promise);
  };

  it("receives the identity of its caller only from Latchkey, in any spelling of the names", async () => {
    const claims = ["-", "_", "~", ".", "!", "|"].flatMap((mark) =>
      ["X-Latchkey-Client", "X-Latchkey-Scopes", "X-Forwarded-For", "X-Original-URL", "X-HTTP-Method-Override"].flatMap(
        (name) => [name.replaceAll("-", mark), "forged"],
      ),
    );
    const environ = await seen(...claims, "Proxy", "http://forged/");
    expect(JSON.stringify(environ)).not.toContain("forged");
    expect(environ["HTTP_X_LATCHKEY_CLIENT"]).toMatch(/^client_/);
    expect(environ["HTTP_X_LATCHKEY_SCOPES"]).toBe("all:read");
  });

  it("receives the parameter that was checked, and no other spelling of it", async () => {
    const environ = await seen("X-Tenant", "one", "X_Tenant", "FORGED", "X~Tenant", "FORGED", "Connection", "X-Tenant");
    expect(environ["HTTP_X_TENANT"]).toBe("one");
    expect(JSON.stringify(environ)).not.toContain("FORGED");
    expect(await seen("X~Tenant", "FORGED")).not.toHaveProperty("HTTP_X_TENANT");
  });
});
