import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { writeDifferences } from "../../../../src/contract/init/text/write-differences.ts";

// biome-ignore lint/suspicious/noExplicitAny: each case changes what is known to be there.
type Changed = any;

function edited(text: string, change: (document: Changed) => void): string {
  const before = parse(text);
  const after = structuredClone(before);
  change(after);
  return writeDifferences(text, before, after);
}

const YAML = `# head
openapi: 3.0.3   # version
info: { title: A, version: '1' }
paths:
  /a:
    # about a
    get: # all
      tags:
      - x
      summary: |
        text

      responses: {}

    post:
      summary: "q"
      operationId: b
      security:
      - OAuth: [x]   # old
      # tail
      responses: { '200': { description: x } }
  /b: {get: {summary: b}}
# end
`;

describe("a YAML text that is changed", () => {
  it("gets new entries below the short ones at the top, and keeps everything else", () => {
    const text = edited(YAML, ({ paths, ...rest }) => {
      paths["/a"].get.operationId = "a";
      paths["/a"].post["x-latchkey"] = { scopes: ["a:read"] };
      paths["/b"].get.security = [{ ApiKey: ["b"] }];
      rest;
    });
    expect(text).toBe(
      YAML.replace("    get: # all\n", "    get: # all\n      operationId: a\n")
        .replace("      operationId: b\n", "      operationId: b\n      x-latchkey: {scopes: [a:read]}\n")
        .replace("{summary: b}", "{summary: b, security: [{ApiKey: [b]}]}"),
    );
  });

  it("gets another value in the place of the old one, whose comments stay", () => {
    const text = edited(YAML, ({ paths }) => {
      paths["/a"].post.security = [{ ApiKey: [] }];
      paths["/a"].post.summary = "yes: no";
    });
    expect(text).toBe(
      YAML.replace("security:\n      - OAuth: [x]   # old", "security: [{ApiKey: []}]   # old").replace(
        'summary: "q"',
        'summary: "yes: no"',
      ),
    );
  });

  it("gets new entries at the root at its end", () => {
    const text = edited(YAML, (document) => {
      document.components = { securitySchemes: { ApiKey: { type: "apiKey" } } };
    });
    expect(text).toBe(`${YAML}components: {securitySchemes: {ApiKey: {type: apiKey}}}\n`);
  });

  it("keeps its line ends", () => {
    const text = edited("openapi: 3.0.3\r\ninfo:\r\n  title: A\r\n", ({ info }) => {
      info.version = "1";
    });
    expect(text).toBe('openapi: 3.0.3\r\ninfo:\r\n  title: A\r\n  version: "1"\r\n');
  });

  it("is formatted again where a value is behind an alias, with its comments", () => {
    const text = edited("a: &a { b: 1 } # first\nc: *a\n", (document) => {
      document.c = { b: 2 };
    });
    expect(parse(text)).toEqual({ a: { b: 1 }, c: { b: 2 } });
    expect(text).toContain("# first");
  });
});

describe("a JSON text that is changed", () => {
  const DOCUMENT = { openapi: "3.0.3", paths: { "/a": { get: { tags: ["x"] } }, "/b": {} } };
  const change = ({ openapi, paths, ...rest }: Changed) => {
    paths["/a"].get.security = [{ ApiKey: [] }];
    paths["/a"].get.tags = ["y", "}"];
    paths["/b"].get = { summary: "ü" };
    return [openapi, rest];
  };

  it.each([
    ["indented by two", (value: unknown) => JSON.stringify(value, null, 2)],
    ["indented by tabs, with a line end", (value: unknown) => `${JSON.stringify(value, null, "\t")}\n`],
    ["without spaces", (value: unknown) => JSON.stringify(value)],
  ])("stays as it was: %s", (_, format) => {
    const after = structuredClone(DOCUMENT);
    change(after);
    expect(edited(format(DOCUMENT), change)).toBe(format(after));
  });

  it("stays on one line with spaces, as Python writes it", () => {
    expect(
      edited('{"a": {"b": [1, 2]}, "c": {}}', (document) => {
        document.a.d = [{ e: [] }];
      }),
    ).toBe('{"a": {"b": [1, 2], "d": [{"e": []}]}, "c": {}}');
  });
});
