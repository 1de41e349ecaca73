import { execFileSync } from "node:child_process";
import { symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { ContractUnreadable } from "../../../src/contract/document/contract-unreadable.ts";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { bundle } from "../../../src/contract/user/references/bundle.ts";
import { checkContract } from "../../support/model/models.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const at = (name: string) => join(folder, name);

function fileWith(content: string | Buffer): string {
  const path = at("contract.yaml");
  writeFileSync(path, content);
  return path;
}

/** Of what cannot be read, the one finding. */
function findingOn(path: string) {
  try {
    loadDocument(path);
  } catch (error) {
    if (error instanceof ContractUnreadable) return error.findings[0];
    throw error;
  }
  throw new Error("The contract was read.");
}

describe("a contract that is not a readable file", () => {
  it("may be a folder", () => {
    expect(findingOn(folder)?.message).toMatch(/it is a folder/);
  });

  it("may be a pipe, which is not waited for", () => {
    execFileSync("mkfifo", [at("pipe")]);
    expect(findingOn(at("pipe"))?.message).toMatch(/not a regular file: copy its content to one/);
  });

  it.each(["/dev/zero", "/dev/random", "/dev/null"])("may be the device %s", (path) => {
    expect(findingOn(path)?.message).toMatch(/not a regular file/);
  });

  it("may be one that cannot be read, though it opens", () => {
    expect(findingOn("/proc/self/mem")?.message).toMatch(/^cannot (read|open) \/proc\/self\/mem \(E[A-Z]+\)/);
  });

  it("may be 500 MB", () => {
    fileWith("");
    truncateSync(at("contract.yaml"), 500_000_000);
    expect(findingOn(at("contract.yaml"))?.message).toMatch(/more than 20 MB: split it/);
  });

  it.each([
    ["UTF-16", Buffer.from("\uFEFFopenapi: 3.1.1", "utf16le")],
    ["Latin-1", Buffer.from("openapi: 3.1.1 # \u00e4", "latin1")],
    ["noise", Buffer.from(Array.from({ length: 1000 }, (_, index) => (index * 7919) % 256))],
    ["zeros", Buffer.alloc(100)],
  ])("may be in %s", (_, content) => {
    expect(findingOn(fileWith(content))?.message).toMatch(/not text in UTF-8: save it as YAML or JSON/);
  });
});

describe("a hostile contract", () => {
  const keys = Array.from({ length: 40_000 }, (_, index) => `  a${index}: &a${index} x\n`).join("");

  it.each([
    ["lists in lists", `a: ${"[".repeat(50_000)}${"]".repeat(50_000)}`, /more than 200 levels deep/],
    ["maps in maps", Array.from({ length: 3_000 }, (_, level) => `${" ".repeat(level)}a:\n`).join(""), /200 levels/],
    ["lists in a list of lists", "- ".repeat(500), /200 levels/],
    ["40,000 anchors and aliases", `a:\n${keys}b: [${"*a1, ".repeat(40_000)}]`, /more than 1000 aliases/],
    ["values", `a: [${"a,".repeat(1_000_001)}]`, /more than a million lines and values/],
    ["large aliases", `a: &a [${"x,".repeat(9_000)}]\nb: [${"*a,".repeat(900)}]`, /expand to too many values/],
    ["faults", "a: 1\n".repeat(10_000), /the key a is here twice/],
    ["tags", "a: !!js/function 'function () {}'", /Unresolved tag/],
  ])("of %s is refused with a finding", (_, text, message) => {
    expect(findingOn(fileWith(text))?.message).toMatch(message);
  });

  it("with many mistakes reports the first of them", () => {
    try {
      loadDocument(fileWith("a: 1\n".repeat(10_000)));
    } catch (error) {
      const { findings } = error as ContractUnreadable;
      expect(findings).toHaveLength(21);
      expect(findings.at(-1)?.message).toBe("there are 9979 more findings");
    }
    expect.assertions(2);
  });

  it("of 40,000 anchors, or keys in one map, is read", () => {
    expect(Object.keys(loadDocument(fileWith(`a:\n${keys}`)).document["a"] as object)).toHaveLength(40_000);
  });

  it("of a key that stands twice in two spellings is refused", () => {
    expect(findingOn(fileWith('200: a\n"200": b\n'))).toEqual({
      line: 2,
      message: "the key 200 is here twice: remove one",
    });
  });

  it("of references to references is told where they end", () => {
    const schemas = Array.from(
      { length: 2_000 },
      (_, index) => `    S${index}: { $ref: '#/components/schemas/S${index + 1}' }\n`,
    );
    const text = `openapi: 3.1.1\ninfo: { title: A, version: '1' }\npaths: {}\ncomponents:\n  schemas:\n${schemas.join("")}    S2000: { type: string }\n`;
    const findings = checkContract(loadDocument(fileWith(text)));
    expect(findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/S1 leads through more than 500 references/),
    );
  });
});

describe("a reference to another file", () => {
  const findingsAbout = ($ref: string) => {
    try {
      bundle({ document: { paths: { "/a": { $ref } } }, text: "", lineOf: () => 1 }, at("contract.yaml"));
      return [];
    } catch (error) {
      return (error as ContractUnreadable).findings;
    }
  };
  const refusalOf = ($ref: string) => findingsAbout($ref)[0]?.message;

  it("is not followed into a pipe", () => {
    execFileSync("mkfifo", [at("other-pipe")]);
    expect(refusalOf("other-pipe")).toMatch(/other-pipe: it is not a regular file/);
  });

  it("is not followed out of the folder by a link", () => {
    symlinkSync("/dev/zero", at("zero"));
    expect(refusalOf("zero")).toMatch(/outside the contract's folder/);
  });

  it("is not followed through thousands of files", () => {
    for (let file = 0; file < 600; file++) writeFileSync(at(`chain${file}.yaml`), `$ref: chain${file + 1}.yaml\n`);
    writeFileSync(at("chain600.yaml"), "get: {}\n");
    expect(refusalOf("chain0.yaml")).toMatch(/more than 500 files/);
  });

  it("names the line of what is broken there", () => {
    writeFileSync(at("broken.yaml"), "get:\n  a: 1\n  a: 2\n");
    const [finding] = findingsAbout("broken.yaml");
    expect(finding).toEqual({ file: at("broken.yaml"), line: 3, message: "the key a is here twice: remove one" });
  });
});
