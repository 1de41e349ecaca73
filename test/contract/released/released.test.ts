import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { DOCUMENT } from "../../support/model/declared.ts";
import { COMPILED } from "../../support/process/child.ts";
import { ROOT } from "../../support/programs/packed.ts";
import { temporaryFolder } from "../../support/temporary.ts";

// biome-ignore lint/suspicious/noExplicitAny: what is changed here is deep inside, and known to be there.
type Change = (document: any) => void;

const folder = temporaryFolder();

function written(name: string, change: Change = () => {}): string {
  const document = structuredClone(DOCUMENT);
  change(document);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

/** What the check says of today's contract, changed, against the contract as it is. */
function stageOf(change: Change) {
  const words = [join(ROOT, "scripts/released.ts"), written("released"), written("changed", change)];
  const { status, stdout, stderr } = spawnSync(process.execPath, words, {
    encoding: "utf8",
    env: { ...process.env, ...COMPILED },
  });
  return { status, stdout, stderr };
}

const parameter = { name: "why", in: "query", description: "Why.", schema: { type: "string", maxLength: 9 } };

const BREAKING: readonly (readonly [what: string, change: Change, words: string])[] = [
  [
    "an operation that is gone",
    ({ paths }) => {
      delete paths["/v1/keys/{keyId}"].get;
    },
    "/v1~1keys~1{keyId}",
  ],
  ["a parameter that is newly required", ({ paths }) => addParameter(paths, true), "Required `why`"],
  [
    "a property of an answer that is gone",
    ({ components: { schemas } }) => {
      delete schemas.Verdict.properties.code;
      schemas.Verdict.required = ["valid"];
    },
    "`Verdict`",
  ],
  [
    "a value that requests may not have any more",
    ({ components: { schemas } }) => {
      schemas.UsageBucket.enum.shift();
    },
    "lost values",
  ],
  [
    "a bound that is narrower",
    ({ components: { parameters } }) => {
      parameters.PageLimit.schema.maximum = 50;
    },
    "'<= 50'",
  ],
  [
    "a property that a body needs newly",
    ({ components: { schemas } }) => {
      schemas.Verification.required.push("scopes");
    },
    "became required: `scopes`",
  ],
  [
    "a scope that is newly asked for",
    ({ paths }) => {
      paths["/data"].get.security = [{ ApiKey: ["secret:read"] }];
    },
    "secret:read",
  ],
];

const HARMLESS: readonly (readonly [what: string, change: Change])[] = [
  ["nothing", () => {}],
  ["other words", ({ info }) => Object.assign(info, { description: "Something else." })],
  ["a parameter that may be left out", ({ paths }) => addParameter(paths, false)],
  [
    "one more operation",
    ({ paths }) => Object.assign(paths, { "/more": { get: { ...paths["/data"].get, operationId: "getMore" } } }),
  ],
];

function addParameter(paths: Parameters<Change>[0], required: boolean) {
  paths["/data"].get.parameters = [{ ...parameter, required }];
}

describe("the check against the released contract", () => {
  it.each(BREAKING)("refuses %s, and says so", (_, change, words) => {
    expect(stageOf(change)).toMatchObject({ status: 1, stderr: expect.stringContaining(words.replace("/v1", "~1v1")) });
  });

  it("lets it pass once the major version has risen, and no sooner", () => {
    const [, change] = BREAKING[0] ?? [];
    const raisedTo = (version: string) =>
      stageOf((document) => {
        change?.(document);
        document.info.version = version;
      });
    expect(raisedTo("0.2.0")).toMatchObject({ status: 1, stderr: expect.stringContaining("to 1.0.0") });
    expect(raisedTo("1.0.0")).toMatchObject({ status: 0, stderr: "" });
  });

  it.each(HARMLESS)("lets %s pass", (_, change) => {
    expect(stageOf(change)).toMatchObject({ status: 0, stderr: "" });
  });

  it("fails where there is nothing to compare", () => {
    const words = [join(ROOT, "scripts/released.ts"), join(folder, "none.yaml"), written("changed")];
    expect(spawnSync(process.execPath, words, { encoding: "utf8" })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("compared nothing"),
    });
  });
});

describe("a released contract", () => {
  const RELEASED = join(ROOT, "docs/released");

  it.each(readdirSync(RELEASED).filter((name) => name.endsWith(".yaml")))("%s is the one of its version", (name) => {
    const { info } = parse(readFileSync(join(RELEASED, name), "utf8"), { maxAliasCount: 1000 });
    expect(name).toBe(`openapi-${info.version}.yaml`);
  });
});
