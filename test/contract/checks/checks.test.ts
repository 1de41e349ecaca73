import { describe, expect, it } from "@jest/globals";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";
import {
  contractFiles,
  type FindingCase,
  GET_SECURITY,
  HEALTHY,
  healthyBut,
  lineWith,
} from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string, handlers?: readonly string[]) => checkContract(contractOf(text), handlers);

const CASES: readonly FindingCase[] = [
  ...["3.0.3", "3.2.0", "3.1", "3.1.0-rc1", "'2.0'", "3.10.1", "[3.1.1]"].map((version) => ({
    title: `the version ${version}`,
    from: "3.1.1",
    to: version,
    at: "openapi:",
    message: /^this is not an OpenAPI 3\.1 document/,
  })),
  { title: "no version", from: "openapi: 3.1.1", to: "x-version: 1", at: "x-version", message: /not an OpenAPI 3\.1/ },
  {
    title: "a server with a path",
    from: "url: /",
    to: "url: https://api.example.com/v2",
    at: "url:",
    message: /^the server URL https:\/\/api\.example\.com\/v2 has a path/,
  },
  { title: "a relative server with a path", from: "url: /", to: "url: /v2", at: "url:", message: /\/v2 has a path/ },
  {
    title: "a scheme that is not enforced",
    from: "      type: apiKey\n      in: header\n      name: X-API-Key",
    to: "      type: http\n      scheme: basic",
    at: "    ApiKey:",
    message: /^the security scheme ApiKey is not enforced/,
  },
  {
    title: "a scheme without a name",
    from: "      name: X-API-Key\n",
    to: "",
    at: "    ApiKey:",
    message: /^the security scheme ApiKey is not enforced/,
  },
  {
    title: "no operationId",
    from: "      operationId: getThing\n",
    to: "",
    at: "    get:",
    message: /^GET \/things\/\{thingId\} has no operationId/,
  },
  {
    title: "an operationId that is not an identifier",
    from: "getThing",
    to: "get-thing",
    at: "    get:",
    message: /is not an identifier: use letters/,
  },
  {
    title: "an operationId that is a number",
    from: "getThing",
    to: "7",
    at: "    get:",
    message: /is not an identifier: use letters/,
  },
  {
    title: "an operationId twice",
    from: "operationId: putThing",
    to: "operationId: getThing # again",
    at: "# again",
    message: /^the operationId getThing of PUT .* is already that of GET \/things\/\{thingId\}/,
  },
  {
    title: "no security",
    from: `      ${GET_SECURITY}\n`,
    to: "",
    at: "    get:",
    message: /^GET \/things\/\{thingId\} declares no security/,
  },
  {
    title: "security that is not a list",
    from: GET_SECURITY,
    to: "security: {}",
    at: "    get:",
    message: /declares no security/,
  },
  {
    title: "security that is null",
    from: GET_SECURITY,
    to: "security: null",
    at: "    get:",
    message: /declares no security/,
  },
  {
    title: "null as a requirement",
    from: GET_SECURITY,
    to: "security: [null]",
    at: "security: [null]",
    message: /has the alternative null: use an object/,
  },
  {
    title: "a scheme that is not defined",
    from: GET_SECURITY,
    to: "security: [{ Apikey: [] }]",
    at: "[{ Apikey",
    message: /asks for the security scheme Apikey/,
  },
  {
    title: "a scheme of no contract",
    from: GET_SECURITY,
    to: "security: [{ constructor: [] }]",
    at: "[{ constr",
    message: /asks for the security scheme constructor/,
  },
  {
    title: "a scope that is not described",
    from: GET_SECURITY,
    to: "security: [{ ApiKey: [data:raed] }]",
    at: "data:raed",
    message: /asks for the scope data:raed/,
  },
  {
    title: "a scope that every object inherits",
    from: GET_SECURITY,
    to: "security: [{ ApiKey: [toString] }]",
    at: "[toString]",
    message: /asks for the scope toString/,
  },
  {
    title: "a scope that is not a text",
    from: GET_SECURITY,
    to: "security: [{ ApiKey: [1] }]",
    at: "[1]",
    message: /asks for the scope 1/,
  },
  {
    title: "a key in the header or in the query",
    from: GET_SECURITY,
    to: "security: [{ ApiKey: [] }, { ApiKeyQuery: [] }]",
    at: "    get:",
    message: /takes a key in the query or elsewhere/,
  },
  ...[
    ["another word", "{ carier: key }", /^x-latchkey is not valid/],
    [
      "a place for a key and passthrough",
      "{ carrier: key, security: passthrough }",
      /^x-latchkey of ApiKeyQuery has both/,
    ],
    [
      "a part of Basic credentials elsewhere",
      "{ carrier: password }",
      /^x-latchkey of ApiKeyQuery says carrier: password/,
    ],
    ["a prefix in the query", "{ prefix: Token }", /^x-latchkey of ApiKeyQuery has a prefix/],
  ].map(([title, words, message]) => ({
    title: `x-latchkey of a scheme with ${title}`,
    from: "      name: api_key",
    to: `      name: api_key\n      x-latchkey: ${words}`,
    at: "x-latchkey:",
    message: message as RegExp,
  })),
  {
    title: "a body that may be left out or not",
    from: "        required: true\n",
    to: "",
    at: "requestBody:",
    message: /^PUT .* does not declare whether its body is required/,
  },
];

describe("the checks of a contract", () => {
  it("have nothing against a healthy one", () => {
    expect(findingsIn(HEALTHY)).toEqual([]);
    expect(findingsIn(HEALTHY, ["getThing", "putThing"])).toEqual([]);
  });

  it("have nothing against the service's own", () => {
    expect(checkContract(loadDocument(BUILT_IN_CONTRACT))).toEqual([]);
  });

  it.each(CASES)("find $title, with its line", ({ from, to, at, message }) => {
    const text = healthyBut(from, to);
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, at), message: expect.stringMatching(message) }]);
  });

  it.each([
    ["a public operation", GET_SECURITY, "security: []"],
    ["a key of any scope", GET_SECURITY, "security: [{ ApiKey: [] }]"],
    ["two alternatives of one carrier", GET_SECURITY, "security: [{ ApiKey: [data:read] }, { ApiKey: [data:write] }]"],
    ["a server without a path", "url: /", "url: https://api.example.com:8443"],
    ["a server with a slash at its end", "url: /", "url: http://localhost/"],
    ["an operation that is null, and so none", "components:", "  /none: { get: null }\ncomponents:"],
  ])("have nothing against %s", (_title, from, to) => {
    expect(findingsIn(healthyBut(from, to))).toEqual([]);
  });

  it("count inherited security as declared", () => {
    const text = healthyBut(`      ${GET_SECURITY}\n`, "");
    expect(findingsIn(`${text}security: [{ ApiKey: [data:read] }]\n`)).toEqual([]);
  });

  it("look no further when the version is wrong, for nothing else would mean what it says", () => {
    expect(findingsIn(healthyBut("3.1.1", "3.0.3").replace(GET_SECURITY, ""))).toHaveLength(1);
  });

  it("tell all findings at once, in the order of their lines", () => {
    const text = HEALTHY.replace("    ApiKeyQuery:", "    ApiKeyQuery:\n      x-latchkey: { prefix: Token }")
      .replace(GET_SECURITY, "x-note: none")
      .replace("maxLength: 20", "minLength: 2");
    expect(findingsIn(text).map(({ line }) => line)).toEqual(
      ["- { name: thingId", "    get:", "x-latchkey: { prefix"].map((part) => lineWith(text, part)),
    );
  });
});

describe("the handlers of a contract", () => {
  it("must not miss an operation", () => {
    expect(findingsIn(HEALTHY, ["getThing"])).toEqual([
      {
        line: lineWith(HEALTHY, "    put:"),
        message: "putThing has no handler: add one to src/http/handlers/handlers.ts",
      },
    ]);
  });

  it("must not have one that belongs to no operation", () => {
    expect(findingsIn(HEALTHY, ["getThing", "putThing", "getOther"])).toEqual([
      {
        line: lineWith(HEALTHY, "paths:"),
        message: expect.stringMatching(/^the handler getOther has no operation/),
      },
    ]);
  });

  it("are not looked at when a contract is checked alone", () => {
    expect(findingsIn(HEALTHY)).toEqual([]);
    expect(findingsIn(HEALTHY, [])).toHaveLength(2);
  });
});
