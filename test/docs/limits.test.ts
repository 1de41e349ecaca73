import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { parse } from "yaml";
import { contractFiles, HEALTHY } from "../support/model/contract.ts";
import { checkContract } from "../support/model/models.ts";
import { blocksOf } from "../support/pages/page.ts";
import { runCaptured } from "../support/process/program.ts";
import { temporaryFolder } from "../support/temporary.ts";

const contractOf = contractFiles();
const folder = temporaryFolder();
const [root = "", ofOperation = ""] = blocksOf("limits.md", "yaml");

const schema = (name: string) => {
  const text = readFileSync(join(import.meta.dirname, "../../docs", name), "utf8");
  return new Ajv2020({ strict: false }).compile(JSON.parse(text));
};

describe("the page about limits", () => {
  it("shows a contract without findings", () => {
    const text = HEALTHY.replace("servers:", `${root}servers:`).replace(
      "operationId: getThing",
      `operationId: getThing\n      ${ofOperation}`,
    );
    expect(checkContract(contractOf(text)).map(({ message }) => message)).toEqual([]);
  });

  it("shows commands that work", async () => {
    const path = join(folder, "shop.yaml");
    writeFileSync(path, HEALTHY.replace("servers:", `${root}servers:`));
    const environment = {
      DATABASE_URL: `sqlite:${join(folder, "latchkey.db")}`,
      LATCHKEY_CONTRACT: path,
      LATCHKEY_LENIENT: "true",
    };
    const run = (words: string) => runCaptured(words.split(" "), { environment });
    const [create = "", ...others] = (blocksOf("limits.md", "sh")[0] ?? "").trim().split("\n");
    const words = (line: string) => line.replace("npm run -s latchkey -- ", "");
    expect(await run(words(create))).toMatchObject({ code: 0 });
    const { out } = await run("keys create --client my-app --scope data:read --json");
    for (const line of others) {
      const answer = await run(words(line).replace("key_4Tz0ZkX0b1TnVd4sWcYe", JSON.parse(out).key.id));
      expect({ line, ...answer }).toMatchObject({ line, code: 0, err: "" });
    }
  });
});

describe("the published schemas", () => {
  it("accept what the page shows, and no misspelled field", () => {
    const ofDocument = schema("x-latchkey-document.schema.json");
    const { "x-latchkey": words } = parse(root);
    expect([ofDocument(words), ofDocument.errors]).toEqual([true, null]);
    expect(ofDocument({ plan: {} })).toBe(false);
    expect(ofDocument({ plans: { free: { limits: { a: { requests: 1 } } } } })).toBe(false);

    const ofAnOperation = schema("x-latchkey.schema.json");
    const { "x-latchkey": operation } = parse(ofOperation);
    expect([ofAnOperation(operation), ofAnOperation.errors]).toEqual([true, null]);
    expect(ofAnOperation({ costs: 5 })).toBe(false);
  });
});
