import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { parse } from "yaml";
import { DOCUMENT } from "../../support/model/declared.ts";
import { COMPILED } from "../../support/process/child.ts";
import { ROOT } from "../../support/programs/packed.ts";
import { temporaryFolder } from "../../support/temporary.ts";

// biome-ignore lint/suspicious/noExplicitAny: the changes reach deep into a document whose shape is known.
type Change = (document: any) => void;

const folder = temporaryFolder();

function written(name: string, change: Change = () => {}): string {
  const document = structuredClone(DOCUMENT);
  change(document);
  const path = join(folder, `${name}.json`);
  writeFileSync(path, JSON.stringify(document));
  return path;
}

/** Runs the check on a changed contract, with the current contract as the released one. */
function checkOf(change: Change) {
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
    "a removed operation",
    ({ paths }) => {
      delete paths["/v1/keys/{keyId}"].get;
    },
    "/v1~1keys~1{keyId}",
  ],
  ["a newly required parameter", ({ paths }) => addParameter(paths, true), "Required `why`"],
  [
    "a removed response property",
    ({ components: { schemas } }) => {
      delete schemas.Verdict.properties.code;
      schemas.Verdict.required = ["valid"];
    },
    "`Verdict`",
  ],
  [
    "a removed value of a request parameter",
    ({ components: { schemas } }) => {
      schemas.UsageBucket.enum.shift();
    },
    "lost values",
  ],
  [
    "a narrower bound",
    ({ components: { parameters } }) => {
      parameters.PageLimit.schema.maximum = 50;
    },
    "'<= 50'",
  ],
  [
    "a newly required body property",
    ({ components: { schemas } }) => {
      schemas.Verification.required.push("scopes");
    },
    "became required: `scopes`",
  ],
  [
    "a newly required scope",
    ({ paths }) => {
      paths["/data"].get.security = [{ ApiKey: ["secret:read"] }];
    },
    "secret:read",
  ],
];

const HARMLESS: readonly (readonly [what: string, change: Change])[] = [
  ["no change", () => {}],
  ["different texts", ({ info }) => Object.assign(info, { description: "Something else." })],
  ["a new optional parameter", ({ paths }) => addParameter(paths, false)],
  [
    "a new operation",
    ({ paths }) => Object.assign(paths, { "/more": { get: { ...paths["/data"].get, operationId: "getMore" } } }),
  ],
];

function addParameter(paths: Parameters<Change>[0], required: boolean) {
  paths["/data"].get.parameters = [{ ...parameter, required }];
}

describe("the check against the released contract", () => {
  it.each(BREAKING)("refuses %s and names it", (_, change, words) => {
    expect(checkOf(change)).toMatchObject({ status: 1, stderr: expect.stringContaining(words.replace("/v1", "~1v1")) });
  });

  it("accepts a breaking change only with a new major version", () => {
    const [, change] = BREAKING[0] ?? [];
    const raisedTo = (version: string) =>
      checkOf((document) => {
        change?.(document);
        document.info.version = version;
      });
    expect(raisedTo("0.2.0")).toMatchObject({ status: 1, stderr: expect.stringContaining("to 1.0.0") });
    expect(raisedTo("1.0.0")).toMatchObject({ status: 0, stderr: "" });
  });

  it.each(HARMLESS)("accepts %s", (_, change) => {
    expect(checkOf(change)).toMatchObject({ status: 0, stderr: "" });
  });

  it("fails if there is nothing to compare", () => {
    const words = [join(ROOT, "scripts/released.ts"), join(folder, "none.yaml"), written("changed")];
    expect(spawnSync(process.execPath, words, { encoding: "utf8" })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("compared nothing"),
    });
  });
});

describe("a released contract", () => {
  const RELEASED = join(ROOT, "docs/released");

  it.each(readdirSync(RELEASED).filter((name) => name.endsWith(".yaml")))("%s has the version of its name", (name) => {
    const { info } = parse(readFileSync(join(RELEASED, name), "utf8"), { maxAliasCount: 1000 });
    expect(name).toBe(`openapi-${info.version}.yaml`);
  });
});
