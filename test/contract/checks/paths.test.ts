import { describe, expect, it } from "@jest/globals";
import { contractFiles, type FindingCase, healthyBut, lineWith } from "../../support/model/contract.ts";
import { checkContract } from "../../support/model/models.ts";

const contractOf = contractFiles();
const findingsIn = (text: string) => checkContract(contractOf(text));

const CASES: readonly FindingCase[] = [
  ...["/docs", "/docs/{a}", "/openapi.json", "/openapi.yaml", "/problems", "/problems/{slug}"].map((page) => ({
    title: `${page} as a path`,
    from: "components:",
    to: `  ${page}:\n    summary: Hidden\ncomponents:`,
    at: `  ${page}:`,
    message: /is the path of a page of the service/,
  })),
  {
    title: "two paths of one shape",
    from: "components:",
    to: "  /things/{other}: {}\ncomponents:",
    at: "/things/{other}",
    message: /^\/things\/\{other\} and \/things\/\{thingId\} match the same requests/,
  },
  {
    title: "a path parameter that is not an identifier",
    from: "components:",
    to: "  /other/{other-id}: {}\ncomponents:",
    at: "{other-id}",
    message: /^the path parameter \{other-id\} is never matched/,
  },
  ...[
    "things",
    "/things/",
    "//things",
    "/a/../b",
    "/a/*",
    "/a*b",
    "/a/{id}b",
    "/{a}{b}",
    "/{a}:verify",
    "/a%20b",
    "/a/{id}?",
    "/{id}([0-9]+)",
    "/a#b",
    "''",
  ].map((path) => ({
    title: `the path ${path}, which no request reaches`,
    from: "components:",
    to: `  ? ${JSON.stringify(path.replaceAll("'", ""))}\n  : {}\ncomponents:`,
    at: "  ? ",
    message: /^no request reaches .*: /,
  })),
];

describe("the checks of a contract's paths", () => {
  it.each(CASES)("find $title, with its line", ({ from, to, at, message }) => {
    const text = healthyBut(from, to);
    expect(findingsIn(text)).toEqual([{ line: lineWith(text, at), message: expect.stringMatching(message) }]);
  });

  it.each([
    ["the root as a path", "components:", "  /: {}\ncomponents:"],
    ["a path that only begins like a page", "components:", "  /documents: {}\ncomponents:"],
    [
      "parameters that do not fill a segment",
      "components:",
      "  /files/{name}.{kind}: {}\n  /{from}-{to}: {}\ncomponents:",
    ],
    ["letters of any language in a path", "components:", "  /café: {}\ncomponents:"],
    ["a verb behind a colon", "components:", "  /things:count: {}\ncomponents:"],
  ])("have nothing against %s", (_title, from, to) => {
    expect(findingsIn(healthyBut(from, to))).toEqual([]);
  });
});
