import { describe, expect, it } from "@jest/globals";
import { contractFiles, type FindingCase, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));

const CASES: readonly (FindingCase & { readonly others?: readonly RegExp[] })[] = [
  ...["/docs", "/docs/{a}", "/openapi.json", "/openapi.yaml", "/problems", "/problems/{slug}"].map((page) => ({
    title: `${page} as a path`,
    from: "components:",
    to: `  ${page}:\n    summary: Hidden\ncomponents:`,
    at: `  ${page}:`,
    message: /is the path of a page of the service/,
  })),
  {
    title: "two operations that match the same requests",
    from: "components:",
    to: "  /things/{other}: { get: { operationId: other, security: [], parameters: [{ name: other, in: path, required: true, schema: { type: string, maxLength: 9 } }], responses: { '204': { description: Done. } } } }\ncomponents:",
    at: "/things/{other}",
    message: /^GET \/things\/\{other\} and GET \/things\/\{thingId\} match the same requests/,
    others: [/is the same path as/],
  },
  ...[
    "schema: { type: string, maxLength: 9, example: a/b }",
    "schema: { type: string, maxLength: 9, enum: [a, a/b] }",
    "example: a/b, schema: { type: string, maxLength: 9 }",
    "examples: { one: { value: a/b } }, schema: { type: string, maxLength: 9 }",
  ].map((words) => ({
    title: `a path parameter that should have slashes: ${words}`,
    from: "components:",
    to: `  /p/{id}:\n    parameters:\n      - { name: id, in: path, required: true, ${words} }\n    get: { operationId: getP, security: [], responses: { '204': { description: Done. } } }\ncomponents:`,
    at: "      - { name: id, in: path",
    message: /^the path parameter id has the example a\/b, but an encoded slash is refused: allow it with/,
  })),
  {
    title: "two paths that match some of the same requests",
    from: "components:",
    to: "  /{kind}/mine: { get: { operationId: mine, security: [], parameters: [{ name: kind, in: path, required: true, schema: { type: string, maxLength: 9 } }], responses: { '204': { description: Done. } } } }\ncomponents:",
    at: "/{kind}/mine",
    message:
      /^GET \/things\/\{thingId\} and GET \/\{kind\}\/mine match some of the same requests, such as \/things\/mine, for which GET \/things/,
  },
  {
    title: "two names for one path",
    from: "components:",
    to: "  /things/{other}: {}\ncomponents:",
    at: "/things/{other}",
    message: /^\/things\/\{other\} is the same path as \/things\/\{thingId\}: use the same names in both/,
  },
  ...["query: { operationId: searchThings }", "additionalOperations: { COPY: { operationId: copyThings } }"].map(
    (operation) => ({
      title: `${operation.split(":")[0]}, which OpenAPI 3.2 has`,
      from: "components:",
      to: `  /search:\n    ${operation}\ncomponents:`,
      at: `    ${operation}`,
      message: /is not served, because it is from OpenAPI 3\.2/,
    }),
  ),
  ...["things", "//things", "/a/../b", "/a/%2E%2e/b", "/{a}{b}", "/a/{b", "/a/{}", "/a/{id}?", "/a%zz", "''"].map(
    (path) => ({
      title: `the path ${path}, which no request reaches`,
      from: "components:",
      to: `  ? ${JSON.stringify(path.replaceAll("'", ""))}\n  : {}\ncomponents:`,
      at: "  ? ",
      message: /^no request reaches .*: /,
    }),
  ),
];

describe("the checks of a contract's paths", () => {
  it.each(CASES)("find $title, with its line", ({ from, to, at, message, others = [] }) => {
    const text = healthyBut(from, to);
    const expected = [message, ...others].map((one) => ({
      line: lineWith(text, at),
      message: expect.stringMatching(one),
    }));
    expect(findingsIn(text)).toEqual(expected);
  });

  it.each([
    ["the root as a path", "components:", "  /: {}\ncomponents:"],
    ["a path that only begins like a page", "components:", "  /documents: {}\ncomponents:"],
    [
      "parameters that do not fill a segment",
      "components:",
      "  /files/{name}.{kind}: {}\n  /{from}-{to}: {}\ncomponents:",
    ],
    ["a slash at the end of a path", "components:", "  /things/: {}\ncomponents:"],
    ["a path that is written with and without a slash", "components:", "  /a: {}\n  /a/: {}\ncomponents:"],
    [
      "parameters with a text beside them",
      "components:",
      "  /{a}:verify: {}\n  /{a}...{b}: {}\n  /v{version}/a: {}\n  /@{handle}: {}\n  /Users('{id}'): {}\ncomponents:",
    ],
    ["names with hyphens and dots", "components:", "  /b/{user-id}/{number.id}: {}\ncomponents:"],
    ["a name that comes twice", "components:", "  /{a}/b/{a}: {}\ncomponents:"],
    ["any other character of a path", "components:", "  /users/~: {}\n  /a/*: {}\n  /a%20(b)@c=d: {}\ncomponents:"],
    ["a fragment, which no request has", "components:", "  /a#b: {}\n  /a#c: {}\ncomponents:"],
    [
      "a path parameter that may have slashes",
      "components:",
      "  /p/{id}: { get: { operationId: getP, security: [], parameters: [{ name: id, in: path, required: true, x-latchkey: { encodedSlash: pass }, example: a/b, schema: { type: string, maxLength: 9 } }], responses: { '204': { description: Done. } } } }\ncomponents:",
    ],
    ["letters of any language in a path", "components:", "  /café: {}\ncomponents:"],
    ["a verb behind a colon", "components:", "  /things:count: {}\ncomponents:"],
  ])("have nothing against %s", (_title, from, to) => {
    expect(findingsIn(healthyBut(from, to))).toEqual([]);
  });
});
