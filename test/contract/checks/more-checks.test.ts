import { describe, expect, it } from "@jest/globals";
import { createRoutes } from "../../../src/contract/model/paths/routes.ts";
import {
  contractFiles,
  type FindingCaseWithFix,
  GET_SECURITY,
  HEALTHY,
  healthyBut,
  lineWith,
} from "../../support/model/contract.ts";
import { checkContract, operationsOf } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));
const messagesIn = (text: string) => findingsIn(text).map(({ message }) => message);

const NAME = "name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }";
const REF = "schema: { $ref: '#/components/schemas/Thing' }";

const CASES: readonly FindingCaseWithFix[] = [
  {
    title: "a WebSocket that is opened by another method than GET",
    from: "operationId: putThing\n",
    to: "operationId: putThing\n      x-latchkey:\n        upgrade: websocket\n",
    at: "upgrade: websocket",
    message: /^PUT \/things\/{thingId} cannot open a WebSocket: declare upgrade: websocket at a GET$/,
    healthy: "operationId: putThing\n      x-latchkey:\n        cost: 1\n",
  },
  {
    title: "messages without a WebSocket",
    from: "operationId: getThing\n",
    to: "operationId: getThing\n      x-latchkey:\n        messages: { cost: 2 }\n",
    at: "messages: { cost: 2 }",
    message: /is not a WebSocket, so it has no messages: add upgrade: websocket$/,
    healthy: "operationId: getThing\n      x-latchkey:\n        { upgrade: websocket, messages: { cost: 2 } }\n",
  },
  {
    title: "a response 101 without a WebSocket",
    from: "      responses: { '200': { description: The thing. } }\n",
    to: "      responses:\n        '200': { description: The thing. }\n        '101': { description: A WebSocket. }\n",
    at: "'101'",
    message: /^GET \/things\/{thingId} declares 101, but upgrades are refused: add x-latchkey: { upgrade: websocket }$/,
    healthy: "      x-latchkey: { upgrade: websocket }\n      responses: { '101': { description: A WebSocket. } }\n",
  },
  {
    title: "a server of one path with a path",
    from: "    get:\n",
    to: "    servers: [{ url: /v2 }]\n    get:\n",
    at: "url: /v2",
    message: /^the server URL \/v2 has a path/,
    healthy: "    servers: [{ url: https://b.example.com }]\n    get:\n",
  },
  {
    title: "a server of one operation with a path",
    from: "operationId: getThing",
    to: "operationId: getThing\n      servers:\n        - url: https://b.example.com/v2",
    at: "b.example.com/v2",
    message: /^the server URL .*\/v2 has a path/,
    healthy: "operationId: getThing\n      servers:\n        - url: https://b.example.com",
  },
  {
    title: "a server whose path is in a variable",
    from: "url: /",
    to: "url: 'https://b.example.com/{base}' # here\n    variables: { base: { default: v2 } }",
    at: "# here",
    message: /has a path/,
    healthy:
      "url: '{protocol}://{host}'\n    variables: { protocol: { default: https }, host: { default: b.example.com } }",
  },
  {
    title: "two schemes at once",
    from: GET_SECURITY,
    to: "security: [{ ApiKey: [], Other: [] }]",
    at: "Other: [] }]",
    message: /^GET .* asks for ApiKey and Other at once, so a key is taken from either/,
    healthy: "security: [{ ApiKey: [] }, { Other: [] }]",
  },
  {
    title: "scopes that are no list",
    from: GET_SECURITY,
    to: "security: [{ ApiKey: data:read }]",
    at: "ApiKey: data:read }]",
    message: /^GET .* has no list of scopes for ApiKey/,
    healthy: "security: [{ ApiKey: ['data:read'] }]",
  },
  {
    title: "an operation that is a reference",
    from: "components:",
    to: "  /other: { get: { $ref: '#/components/x-operations/other' } }\ncomponents:\n  x-operations: { other: {} }",
    at: "  /other:",
    message: /^GET \/other is a reference: write the operation here/,
    healthy: "components:\n  x-operations: { other: {} }",
  },
  {
    title: "an operation beside a reference",
    from: "components:",
    to: `  /other:
    $ref: '#/components/pathItems/Other'
    post: { operationId: postOther, security: [], responses: { '204': { description: Done. } } }
components:
  pathItems: { Other: { get: { operationId: getOther, security: [], responses: { '204': { description: Done. } } } } }`,
    at: "    post: {",
    message: /^POST \/other is beside a \$ref, so it is ignored/,
    healthy: `  /other:
    $ref: '#/components/pathItems/Other'
components:
  pathItems: { Other: { get: { operationId: getOther, security: [], responses: { '204': { description: Done. } } } } }`,
  },
  {
    title: "no answer for success",
    from: "responses: { '200': { description: The thing. } }",
    to: "responses: { '404': { description: None. } }",
    at: "    get:",
    message: /^GET .* declares no successful response/,
    healthy: "responses: { default: { description: The thing. } }",
  },
  {
    title: "no answers at all",
    from: "      responses: { '200': { description: The thing. } }\n",
    to: "",
    at: "    get:",
    message: /declares no successful response/,
    healthy: "      responses: { 3XX: { description: Elsewhere. } }\n",
  },
  {
    title: "a body in another format",
    from: "          application/json:\n",
    to: "          application/xml:\n",
    at: "application/xml",
    message: /^a body of application\/xml is passed on unchecked, because only JSON, forms and plain text are/,
    healthy: "          application/merge-patch+json:\n",
  },
  {
    title: "a body of no media type",
    from: "          application/json:\n",
    to: "          json:\n",
    at: "          json:",
    message: /^json is not a media type: correct it/,
    healthy: "          application/json; charset=utf-8:\n",
  },
  {
    title: "a body without a schema",
    from: `            ${REF}\n`,
    to: "            example: {}\n",
    at: "application/json:",
    message: /^a body of application\/json without a schema accepts any value/,
    healthy: `            ${REF}\n            example: {}\n`,
  },
  {
    title: "a body without content",
    from: `        content:\n          application/json:\n            ${REF}\n`,
    to: "        content: {}\n",
    at: "requestBody:",
    message: /^the body of PUT .* has no content/,
    healthy: `        content: { application/json: { ${REF} } }\n`,
  },
  ...[["$recursiveRef", "$recursiveRef: '#'", /^\$recursiveRef is from JSON Schema 2019-09/]].map(
    ([title, word, message]): FindingCaseWithFix => ({
      title: `a word that is misread: ${title}`,
      from: NAME,
      to: `name: { type: string, maxLength: 50, ${word} }`,
      at: "name: { type",
      message: message as RegExp,
      healthy: "$id: { type: string, maxLength: 50 }",
    }),
  ),
  {
    title: "a reference to an anchor",
    from: REF,
    to: "schema: { $ref: '#thing' }",
    at: "#thing",
    message: /^#thing refers to an anchor that does not exist/,
    healthy: REF,
  },
  {
    title: "a reference to what is not an object",
    from: REF,
    to: "schema: { $ref: '#/info/title' }",
    at: "#/info/title",
    message: /^#\/info\/title is not an object/,
    healthy: REF,
  },
  {
    title: "a schema that is true",
    from: NAME,
    to: "name: true",
    at: "name: true",
    message: /^a schema without a type accepts any value/,
    healthy: "name: false",
  },
  {
    title: "an open object put together of parts",
    from: NAME,
    to: "name: { allOf: [{ type: object }, { required: [a] }] }",
    at: "name: {",
    message: /^an object of several parts accepts any number of properties: add unevaluatedProperties/,
    healthy: "name: { allOf: [{ type: object }, { required: [a] }], unevaluatedProperties: false }",
  },
  {
    title: "a part that leaves open what another part leaves open too",
    from: NAME,
    to: "name: { allOf: [{ type: string }, { minLength: 1 }] }",
    at: "name: {",
    message: /^a string has no upper bound/,
    healthy: "name: { allOf: [{ type: string }, { maxLength: 9 }] }",
  },
  {
    title: "an alternative without a bound",
    from: NAME,
    to: "name: { type: string, anyOf: [{ pattern: '^a' }, { maxLength: 9 }] }",
    at: "name: {",
    message: /^a string has no upper bound/,
    healthy: "name: { type: string, maxLength: 9, anyOf: [{ pattern: '^a' }, { pattern: '^b' }] }",
  },
  {
    title: "an unbounded property that is only written",
    from: NAME,
    to: "name: { type: string, writeOnly: true }",
    at: "name: {",
    message: /^a string has no upper bound/,
    healthy: "name: { type: string, readOnly: true }",
  },
];

/** The same contract with a second scheme in a header. */
function withOtherScheme(text: string): string {
  const other = "    Other: { type: apiKey, in: header, name: X-Other }";
  return text.replace("    ApiKeyQuery:", `${other}\n    ApiKeyQuery:`);
}

describe("the checks of a contract", () => {
  it.each(CASES)("find $title, with its line", ({ from, to, at, message }) => {
    const text = withOtherScheme(healthyBut(from, to));
    const found = findingsIn(text);
    expect(found[0]).toEqual({ line: lineWith(text, at), message: expect.stringMatching(message) });
    expect(found.filter((one) => !message.test(one.message))).toEqual([]);
  });

  it.each(CASES)("have nothing against the opposite of $title", ({ from, healthy }) => {
    expect(findingsIn(withOtherScheme(healthyBut(from, healthy)))).toEqual([]);
  });
});

describe("a document of another version", () => {
  it.each([
    ["openapi: 3.0.3", /one of 3\.0\.3: use openapi: 3\.1\.1 and fix what is found then/],
    ["openapi: 3.2.0", /one of 3\.2\.0: use openapi: 3\.1\.1/],
    ["swagger: '2.0'", /one of 2\.0: npm run -s latchkey -- init FILE converts it/],
    ["swagger: 2.0", /one of 2: npm run -s latchkey -- init FILE converts it/],
    ["info: {}", /does not declare its version/],
    ["openapi: 3.10.0", /use openapi: 3\.1\.1 instead of 3\.10\.0/],
  ])("has one finding, which says what it is: %s", (line, message) => {
    expect(findingsIn(`x-first: 1\n${line}\npaths: { /x: { get: {} } }\n`)).toEqual([
      { line: line === "info: {}" ? 1 : 2, message: expect.stringMatching(message) },
    ]);
  });

  it.each(["", "[]", "7", "just words"])("may be no document at all: %j", (text) => {
    expect(findingsIn(text)).toEqual([{ line: 1, message: expect.stringMatching(/does not declare its version/) }]);
  });
});

describe("a path", () => {
  it.each([
    ["things", /start it with a slash/],
    ["/things?new", /end it before \?, and declare its parameters/],
    ["/things//new", /remove empty segments/],
    ["/things/../new", /remove empty segments/],
    ["/things/%2e%2e/new", /remove empty segments/],
    ["/things/{a}{b}", /put a text between two parameters/],
    ["/none/{}", /give each parameter a name/],
    ["/things/{a", /close its braces/],
    ["/things/%zz", /broken percent-encodings/],
    ["/things/%aa", /broken percent-encodings/],
  ])("that no request reaches says what is in the way: %s", (path, message) => {
    const text = healthyBut("components:", `  '${path}': { summary: Nothing. }\ncomponents:`);
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, `'${path}'`), message: expect.stringMatching(message) }]);
  });

  it("may be an extension, and so none", () => {
    expect(findingsIn(healthyBut("components:", "  x-note: { get: {} }\ncomponents:"))).toEqual([]);
  });
});

describe("what several operations share", () => {
  it("is told once: security of the root", () => {
    const text = `${HEALTHY.replace(`      ${GET_SECURITY}\n`, "").replace("      security:\n        - ApiKey: [data:write]\n", "")}security: [null]\n`;
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, "security: [null]"), message: expect.any(String) }]);
  });

  it("is told once: parameters of a path", () => {
    expect(messagesIn(healthyBut("in: path, required: true", "in: path"))).toHaveLength(1);
  });

  it("reports a scheme that is not enforced once, whatever scopes it has", () => {
    const text = healthyBut("      type: apiKey\n      in: header\n      name: X-API-Key\n", "      type: http\n");
    expect(findingsIn(text)).toEqual([
      {
        line: lineWith(text, "    ApiKey:"),
        message: expect.stringMatching(/^the security scheme ApiKey is not enforced: use type/),
      },
    ]);
  });
});

describe("an operation behind a reference of its path", () => {
  const text = healthyBut(
    "components:",
    `  /other/{id}: { $ref: '#/components/pathItems/Other' }
components:
  pathItems:
    Other:
      parameters: [{ name: id, in: path, required: true, schema: { type: string, maxLength: 9 } }]
      delete: { operationId: removeOther, security: [], responses: { '204': { description: Done. } } }`,
  );

  it("is checked where it stands", () => {
    expect(findingsIn(text)).toEqual([]);
    const unsecured = text.replace("removeOther, security: []", "removeOther");
    expect(findingsIn(unsecured)).toEqual([
      {
        line: lineWith(unsecured, "      delete:"),
        message: expect.stringMatching(/^DELETE \/other\/\{id\} declares no security/),
      },
    ]);
  });

  it("is reached", () => {
    const routes = createRoutes(operationsOf(contractOf(text).document));
    expect(routes.match("DELETE", "/other/7")).toMatchObject({ kind: "matched", pathParams: { id: "7" } });
  });
});

describe("schemas that lead back to themselves", () => {
  it("do not hold the checks up, however they are entangled", () => {
    const names = Array.from({ length: 40 }, (_none, index) => `S${index}`);
    const all = names.map((name) => ({ $ref: `#/components/schemas/${name}` }));
    const schemas = Object.fromEntries(
      names.map((name, index) => [
        name,
        { [index % 3 === 0 ? "allOf" : "oneOf"]: all, type: "string", [index % 2 ? "maxLength" : "minLength"]: index },
      ]),
    );
    const text = HEALTHY.replace(
      "  schemas:\n",
      `  schemas:\n${names.map((name) => `    ${name}: ${JSON.stringify(schemas[name])}\n`).join("")}`,
    );
    expect(() => findingsIn(text.replace(NAME, "name: { $ref: '#/components/schemas/S0' }"))).not.toThrow();
  });
});
