import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { ContractUnreadable } from "../../../src/contract/document/contract-unreadable.ts";
import type { Finding, Pointer } from "../../../src/contract/document/finding.ts";
import { isRecord } from "../../../src/contract/document/json.ts";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";
import { contractFiles, HEALTHY, lineWith } from "../../support/model/contract.ts";
import { runs } from "../../support/runs.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const contractOf = contractFiles();
const folder = temporaryFolder();

function findingsOf(act: () => unknown): readonly Finding[] {
  try {
    act();
  } catch (error) {
    if (error instanceof ContractUnreadable) return error.findings;
    throw error;
  }
  throw new Error("The contract was read.");
}

describe("a contract file", () => {
  it("may be YAML", () => {
    expect(contractOf("openapi: 3.1.1\npaths: {}\n").document).toEqual({ openapi: "3.1.1", paths: {} });
  });

  it("may be JSON, indented with tabs too", () => {
    const json = JSON.stringify({ openapi: "3.1.1", paths: { "/x": {} } }, null, "\t");
    const contract = contractOf(json);
    expect(contract.document).toEqual(JSON.parse(json));
    expect(contract.lineOf(["paths", "/x"])).toBe(lineWith(json, "/x"));
  });

  it("is kept as it stands", () => {
    expect(contractOf(HEALTHY).text).toBe(HEALTHY);
  });

  it("may be named by a path or by a file URL", () => {
    const path = join(folder, "named.yaml");
    writeFileSync(path, "a: 1");
    expect(loadDocument(path).document).toEqual(loadDocument(pathToFileURL(path)).document);
  });

  it.each(["", "# nothing", "hello", "- a\n- b", "null", "7"])(
    "that holds no object is an empty document: %j",
    (text) => {
      const contract = contractOf(text);
      expect(contract.document).toEqual({});
      expect(contract.lineOf(["openapi"])).toBe(1);
    },
  );

  it("that is not there is said so, with the cause", () => {
    expect(findingsOf(() => loadDocument(join(folder, "missing.yaml")))).toEqual([
      {
        line: 1,
        message: expect.stringMatching(
          /^cannot open .*missing\.yaml \(ENOENT\): the file does not exist; check its name and folder$/,
        ),
      },
    ]);
  });

  it("that is a folder is said so", () => {
    expect(findingsOf(() => loadDocument(folder))).toEqual([{ line: 1, message: expect.stringMatching(/EISDIR/) }]);
  });

  it.each([
    ["a bracket that is never closed", "a: 1\nb: [1,\nc: 2\n", 3],
    ["a broken indentation", "a:\n  b: 1\n c: 2\n", 3],
    ["a text that is never closed", 'a: 1\nb: "x\nc: 1\nd: 2\n', 2],
    ["a key twice", "a: 1\nb: 1\na: 2\n", 3],
    ["JSON that breaks off", '{\n"a": 1,\n"b": {', 3],
    ["two documents", "a: 1\n---\nb: 2\n", 2],
    ["an alias of nothing", "a: 1\nb: *nobody\n", 2],
    ["an alias before its anchor", "a: 1\nb: *late\nc: &late 1\n", 2],
    ["an alias inside its own anchor, without end", "a: 1\nb: &loop\n  c: *loop\n", 3],
    ["two aliases inside their own anchor", "b: &loop\n  - *loop\n  - *loop\n", 2],
    ["an alias inside the second anchor of its name", "a: &loop 1\nb: &loop\n  c: *loop\n", 3],
  ])("with %s is refused, with the line", (_case, text, line) => {
    const [finding] = findingsOf(() => contractOf(text));
    expect(finding).toEqual({ line, message: expect.stringMatching(/^[^\n]+$/) });
  });

  it.each([
    ["a dash without a space", "- { name", "-{ name", /space after a dash$/],
    ["a key without its colon", "parameters:", "parameters", /put a colon and a space after the key$/],
    ["a method without its colon", "get:", "get", /put a colon and a space after the key$/],
    ["a key without its space", "operationId: list", "operationId:list", /put a colon and a space after the key$/],
    ["a pattern without quotes", "pattern: x", "pattern: {a}b{1,3}", /put this text into quotes$/],
    ["a colon in a text", "summary: A list", "summary: A list: all", /a colon and a space into quotes/],
    ["a line that is not aligned", "      responses:", "       responses:", /align this line with its neighbours/],
    ["a tab", "      responses:", "\tresponses:", /indent it with spaces$/],
    ["a character that YAML keeps for itself", "summary: A", "summary: @A", /put this text into quotes$/],
    ["an exclamation mark", "summary: A", "summary: !A", /begins with ! into quotes$/],
    ["a missing comma", "name: a, in", "name: a in", /comma between two entries/],
  ])("with one slip has one finding, and what to do: %s", (_case, text, slip, fix) => {
    const path = `  /a:
    get:
      operationId: list
      summary: A list
      parameters:
        - { name: a, in: query, schema: { type: string } }
        - name: b
          in: query
          schema: { type: string, pattern: x }
      responses: { 200: { description: Done. } }
`;
    const whole = `openapi: 3.1.0\npaths:\n${path}${path.replace("/a", "/b")}${path.replace("/a", "/c")}`;
    const line = whole.slice(0, whole.indexOf(text)).split("\n").length;
    expect(() => contractOf(whole)).not.toThrow();
    expect(findingsOf(() => contractOf(whole.replace(text, slip)))).toEqual([
      { line, message: expect.stringMatching(fix) },
    ]);
  });

  it("whose aliases unfold without measure is refused, before they fill the memory", () => {
    const rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"];
    for (let row = 1; row < 9; row++)
      rows.push(
        `a${row}: &a${row} [${Array(9)
          .fill(`*a${row - 1}`)
          .join(", ")}]`,
      );
    expect(findingsOf(() => contractOf(rows.join("\n")))).toEqual([
      { line: 1, message: expect.stringMatching(/more than 1000 copies/) },
    ]);
  });

  it("may use the name of an anchor again, and means the last one", () => {
    expect(contractOf("a: &text x\nb: *text\nc: &text y\nd: *text\n").document).toEqual({
      a: "x",
      b: "x",
      c: "y",
      d: "y",
    });
  });

  it("may use anchors as often as a contract needs", () => {
    expect(contractOf("a: &text { type: string }\nb: [*text, *text]\n").document["b"]).toEqual([
      { type: "string" },
      { type: "string" },
    ]);
  });

  it("is read or refused with findings, whatever its text", () => {
    const words = fc.constantFrom(
      "a: ",
      "b",
      "- ",
      "\n",
      "  ",
      "&x ",
      "*x",
      "{",
      "}",
      "[",
      "]",
      "'",
      '"',
      "#",
      "|",
      "? ",
      ": ",
      "<<: ",
      "!!set ",
      "\t",
      "%",
      "---",
    );
    fc.assert(
      fc.property(fc.array(words, { maxLength: 15 }), (parts) => {
        try {
          contractOf(parts.join(""));
        } catch (error) {
          expect(error).toBeInstanceOf(ContractUnreadable);
        }
      }),
      { numRuns: runs(500) },
    );
  });
});

describe("the line of a pointer", () => {
  const contract = contractOf(HEALTHY);

  it.each<[Pointer, string]>([
    [["openapi"], "openapi:"],
    [["info", "title"], "info:"],
    [["paths", "/things/{thingId}", "put"], "    put:"],
    [["paths", "/things/{thingId}", "put", "security", 0], "- ApiKey: [data:write]"],
    [["paths", "/things/{thingId}", "get", "parameters", 0, "in"], "in: query"],
    [["components", "schemas", "Thing", "properties", "tags", "items", "maxLength"], "tags:"],
  ])("%j is that of its key", (pointer, part) => {
    expect(contract.lineOf(pointer)).toBe(lineWith(HEALTHY, part));
  });

  it.each<[Pointer, string]>([
    [["paths", "/nowhere", "get"], "paths:"],
    [["servers", 7, "url"], "servers:"],
    [["paths", "/things/{thingId}", "put", "operationId", "x"], "operationId: putThing"],
    [["components", "schemas", 0], "  schemas:"],
  ])("%j, which leads nowhere, is that of the nearest thing around it", (pointer, part) => {
    expect(contract.lineOf(pointer)).toBe(lineWith(HEALTHY, part));
  });

  it("is right for statuses, which YAML takes for numbers", () => {
    expect(
      contractOf("responses:\n  a: 1\n  200:\n    description: x\n").lineOf(["responses", "200", "description"]),
    ).toBe(4);
  });

  it("is right behind Windows line ends and a byte order mark", () => {
    expect(contractOf("\uFEFFa: 1\r\nb: 2\r\n").lineOf(["b"])).toBe(2);
  });

  it("is right for every key of the service's own contract that stands in it as written", () => {
    const own = loadDocument(BUILT_IN_CONTRACT);
    const lines = own.text.split("\n");
    const check = (pointer: Pointer, value: unknown) => {
      if (!isRecord(value)) return;
      for (const [name, child] of Object.entries(value)) {
        const line = lines[own.lineOf([...pointer, name]) - 1] ?? "";
        // Keys behind an alias count as where the alias is.
        if (!line.includes("*")) expect(line).toContain(name);
        check([...pointer, name], child);
      }
    };
    check([], own.document);
  });
});
