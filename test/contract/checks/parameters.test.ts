import { describe, expect, it } from "@jest/globals";
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
  parameter("a parameter in a cookie", `- { name: size, in: cookie, ${TEXT} }`, /^the parameter size is in a cookie/),
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
    "a parameter in the header of the key",
    `- { name: x-api-KEY, in: header, ${TEXT} }`,
    /^the parameter x-api-KEY is where keys are sent/,
    `- { name: x-api-KEY, in: query, ${TEXT} }`,
  ),
  parameter(
    "a parameter in the query where a key is",
    `- { name: api_key, in: query, ${TEXT} }`,
    /is where keys are sent/,
    `- { name: api_KEY, in: query, ${TEXT} }`,
  ),
  parameter("an object in a header", `- { name: size, in: header, ${MAP} }`, /is an object in a header/),
  parameter(
    "a header with content",
    `- { name: size, in: header, content: { application/json: { ${TEXT} } } }`,
    /has content, which is not supported in a header/,
    `- { name: size, in: query, content: { application/json: { ${TEXT} } } }`,
  ),
  parameter(
    "an array in a header with another style",
    `- { name: size, in: header, style: form, ${LIST} }`,
    /has a style that is not supported in a header: use style: simple/,
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
  ...[
    "schema: { type: [array, 'null'], maxItems: 3, items: { enum: [a] } }",
    "schema: { anyOf: [{ type: array, maxItems: 3, items: { enum: [a] } }, { type: 'null' }] }",
  ].map((schema) =>
    parameter(
      `an array that is not plainly one: ${schema}`,
      `- { name: size, in: query, ${schema} }`,
      /is an array of which a single value is refused/,
      "- { name: size, in: query, schema: { anyOf: [{ type: array, maxItems: 3, items: { enum: [a] } }, { enum: [a], type: string }] } }",
    ),
  ),
  ...[
    ["label", "style: label, schema: { type: string, maxLength: 20 }", /has a style that is not supported/],
    ["matrix", "style: matrix, schema: { type: string, maxLength: 20 }", /has a style that is not supported/],
    ["an object", MAP, /is an object in the path/],
  ].map(
    ([title, schema, message]): FindingCaseWithFix => ({
      title: `a path parameter that is misread: ${title}`,
      from: "required: true, schema: { type: string, maxLength: 20 }",
      to: `required: true, ${schema}`,
      at: "name: thingId",
      message: message as RegExp,
      healthy: `required: true, ${LIST}`,
    }),
  ),
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

describe("a parameter that an operation takes over from its path", () => {
  const own = HEALTHY.replace(SIZE, "- { name: thingId, in: path, required: true, schema: { enum: [a] } }").replace(
    THING_ID,
    "{ name: thingId, in: path, required: true, schema: { type: integer } }",
  );

  it("is checked as the operation has it", () => {
    const [getThing] = operationsOf(contractOf(own).document);
    expect(getThing?.numericParameters).toEqual([]);
  });
});
