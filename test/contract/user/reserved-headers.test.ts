import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadUserContract } from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();

const contractWith = (header: string, response: string) => `openapi: 3.1.1
info: { title: Headers, version: 1.0.0 }
security: [{ ApiKey: ["a:read"] }]
paths:
  /a:
    get:
      operationId: getA
      parameters:
        - { name: X-Plain, in: header, schema: { type: string, maxLength: 9 } }
        - { name: ${header}, in: header, schema: { type: string, maxLength: 9 } }
      responses:
        '200':
          description: A.
          headers: { X-Page: { schema: { type: integer } }, ${response}: { schema: { type: string } } }
        '400':
          description: No A.
          headers: { ${response}: { schema: { type: string } } }
components:
  securitySchemes: { ApiKey: { type: apiKey, in: header, name: x-api-key, x-scopes: { "a:read": A. } } }
`;

async function warningsAbout(header: string, response: string) {
  const path = join(folder, "headers.yaml");
  writeFileSync(path, contractWith(header, response));
  const options = { isStrict: false, hasUpstream: true };
  const { warnings } = await loadUserContract(path, loadBuiltInContract().document, options);
  return warnings.filter(({ kind }) => kind === "reserved-header").map(({ line, message }) => `${line}: ${message}`);
}

describe("a declared header that the gateway keeps for itself", () => {
  it.each(["X-Forwarded-User", "X-Client-IP", "x-http-method-override", "X-Request-ID"])(
    "is a warning in a request: %s",
    async (name) => {
      const message = `10: the header ${name.toLowerCase()} of a request never reaches an upstream: `;
      expect(await warningsAbout(name, "X-Count")).toEqual([expect.stringContaining(message)]);
    },
  );

  it.each(["X-RateLimit-Remaining", "RateLimit", "X-Request-Id"])(
    "is one warning in the responses of an operation: %s",
    async (name) => {
      const message = `the header ${name.toLowerCase()} of an upstream never reaches a client: `;
      expect(await warningsAbout("X-Tenant", name)).toEqual([expect.stringContaining(message)]);
    },
  );

  it("is no other one", async () => {
    expect(await warningsAbout("X-Tenant", "X-Total-Count")).toEqual([]);
  });
});
