import { describe, expect, it } from "@jest/globals";
import { toOutline } from "../../../src/contract/model/outline.ts";
import {
  contractFiles,
  type FindingCaseWithFix,
  GET_SECURITY,
  HEALTHY,
  healthyBut,
  lineWith,
} from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));

const SIZE = "- name: size\n          in: query\n          schema: { type: integer, minimum: 1, maximum: 9 }";
const THING_ID = "{ name: thingId, in: path, required: true, schema: { type: string, maxLength: 20 } }";
const TEXT = "schema: { type: string, maxLength: 9 }";
const LIST = "schema: { type: array, maxItems: 3, items: { type: string, maxLength: 9 } }";
const MAP = "schema: { type: object, additionalProperties: false }";

const parameter = (
  title: string,
  to: string,
  message: RegExp,
  healthy = `- { name: size, in: query, ${TEXT} }`,
): FindingCaseWithFix => ({
  title,
  from: SIZE,
  to,
  at: to.split("\n").at(-1) ?? to,
  message,
  healthy,
});

const CASES: readonly FindingCaseWithFix[] = [
  {
    title: "a path parameter that is not declared",
    from: `    parameters:\n      - ${THING_ID}\n    get:\n      operationId: getThing\n      ${GET_SECURITY}\n      parameters:\n`,
    to: `    get:\n      operationId: getThing\n      ${GET_SECURITY}\n      parameters:\n`,
    at: "    get:",
    message: /^(?:GET|PUT) .* does not declare \{thingId\}, so it is never checked/,
    healthy: `    parameters:\n      - ${THING_ID}\n    get:\n      operationId: getThing\n      ${GET_SECURITY}\n      parameters:\n`,
  },
  parameter(
    "a path parameter that the path does not have",
    `- { name: other, in: path, required: true, ${TEXT} }`,
    /^GET .* declares a path parameter other that its path does not have/,
  ),
  {
    title: "a path parameter that may be left out",
    from: "in: path, required: true",
    to: "in: path",
    at: "name: thingId",
    message: /^the path parameter thingId is always present/,
    healthy: "in: path, required: true, deprecated: true",
  },
  parameter(
    "an object in a cookie that explodes",
    `- { name: size, in: cookie, ${MAP} }`,
    /^the parameter size is an object in a cookie that explodes/,
    `- { name: size, in: cookie, explode: false, ${MAP} }`,
  ),
  parameter(
    "a property that another parameter hides",
    `- { name: kind, in: query, ${TEXT} }\n        - { name: size, in: query, schema: { type: object, additionalProperties: false, properties: { kind: { enum: [a] } } } }`,
    /^the parameter size has a property kind that is sent under the name of another parameter/,
    "- { name: size, in: query, schema: { type: object, additionalProperties: false, properties: { kind: { enum: [a] } } } }",
  ),
  parameter(
    "a parameter of Swagger 2.0",
    `- { name: size, in: formData, ${TEXT} }`,
    /is in formData, which is not a place for parameters/,
  ),
  parameter("a parameter without a schema", "- { name: size, in: query }", /^the parameter size has no schema/),
  parameter(
    "a parameter twice",
    `- { name: size, in: query, ${TEXT} }\n        - { name: size, in: query, ${TEXT} } # again`,
    /^the parameter size in query is declared twice/,
    `- { name: size, in: query, ${TEXT} }\n        - { name: size, in: header, ${TEXT} }`,
  ),
  parameter(
    "an array in a header with another style",
    `- { name: size, in: header, style: form, ${LIST} }`,
    /has the style form, which is not supported in a header: use style: simple/,
    `- { name: size, in: header, ${LIST} }`,
  ),
  ...["spaceDelimited", "pipeDelimited"].map((style) =>
    parameter(
      `an array that explodes with the style ${style}`,
      `- { name: size, in: query, style: ${style}, explode: true, ${LIST} }`,
      /is not split at its delimiter/,
      `- { name: size, in: query, style: ${style}, ${LIST} }`,
    ),
  ),
  parameter(
    "an array as a deepObject",
    `- { name: size, in: query, style: deepObject, ${LIST} }`,
    /has the style deepObject but is not an object/,
    `- { name: size, in: query, style: deepObject, ${MAP} }`,
  ),
  {
    title: "a path parameter with a style of queries",
    from: "required: true, schema: { type: string, maxLength: 20 }",
    to: "required: true, style: form, schema: { type: string, maxLength: 20 }",
    at: "name: thingId",
    message: /has the style form, which is not supported in a path/,
    healthy: `required: true, style: matrix, ${LIST}`,
  },
];

describe("the checks of parameters", () => {
  it.each(CASES)("find $title, with its line", ({ from, to, at, message }) => {
    const text = healthyBut(from, to);
    const found = findingsIn(text);
    expect(found[0]).toEqual({ line: lineWith(text, at), message: expect.stringMatching(message) });
    expect(found.filter((one) => !message.test(one.message))).toEqual([]);
  });

  it.each(CASES)("have nothing against the opposite of $title", ({ from, healthy }) => {
    expect(findingsIn(healthyBut(from, healthy))).toEqual([]);
  });
});

describe("what OpenAPI allows", () => {
  it.each([
    ["a header that is ignored", "- { name: Accept, in: header, required: true, schema: { enum: [text/csv] } }"],
    ["the header of a login", `- { name: Authorization, in: header, required: true, ${TEXT} }`],
    ["a cookie", `- { name: size, in: cookie, ${TEXT} }`],
    ["a list in a cookie", `- { name: size, in: cookie, ${LIST} }`],
    ["an object in a header", `- { name: size, in: header, ${MAP} }`],
    ["a header with content", `- { name: size, in: header, content: { application/json: { ${TEXT} } } }`],
    [
      "an array that may be null",
      "- { name: size, in: query, schema: { type: [array, 'null'], maxItems: 3, items: { enum: [a] } } }",
    ],
    ["an object with spaces", `- { name: size, in: query, style: spaceDelimited, ${MAP} }`],
  ])("is not a finding: %s", (_case, to) => {
    expect(findingsIn(healthyBut(SIZE, to))).toEqual([]);
  });
});

describe("a parameter that an operation takes over from its path", () => {
  const own = HEALTHY.replace(SIZE, "- { name: thingId, in: path, required: true, schema: { enum: [a] } }").replace(
    THING_ID,
    "{ name: thingId, in: path, required: true, schema: { type: integer } }",
  );

  it("is checked as the operation has it", () => {
    const { document } = contractOf(own);
    const [found] = toOutline(document).operations;
    expect(found?.parameters.map(({ parameter }) => parameter["schema"])).toContainEqual({ enum: ["a"] });
  });
});
