import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "@jest/globals";
import { loadUserContract, type UserContractOptions } from "../../../src/contract/user/load-user-contract.ts";
import { loadBuiltInContract } from "../../../src/service/built-in-contract.ts";
import { partsOf } from "../../support/model/models.ts";
import { contractWithOwnNames } from "../../support/own-names.ts";
import { temporaryFolder } from "../../support/temporary.ts";

const folder = temporaryFolder();
const own = loadBuiltInContract().document;

async function load(text: string, options: Partial<UserContractOptions> = {}) {
  const path = join(folder, "shop.yaml");
  writeFileSync(path, text);
  return partsOf(await loadUserContract(path, own, { isStrict: false, hasUpstream: true, ...options }));
}

const WAY_OUT = "move the paths of Latchkey with x-latchkey: { prefix: /_latchkey } at the root of the contract";

describe("a user contract with paths of the service", () => {
  it("is refused, with the way out", async () => {
    const { findings } = await load(contractWithOwnNames());
    expect(findings.map(({ message }) => message).toSorted()).toEqual([
      `/docs/intro is the path of a page of the service: ${WAY_OUT}`,
      `/healthz is a path of Latchkey itself: ${WAY_OUT}`,
      `/metrics is the path of a page of the service: ${WAY_OUT}`,
      `/v1/clients is a path of Latchkey itself: ${WAY_OUT}`,
      `/v1/keys is a path of Latchkey itself: ${WAY_OUT}`,
    ]);
  });

  it("is served with a prefix", async () => {
    const { findings, warnings } = await load(contractWithOwnNames("x-latchkey: { prefix: /_latchkey }\n"));
    expect([findings, warnings]).toEqual([[], []]);
  });

  it("may have pages of its own outside of the prefix, and none inside", async () => {
    const text = contractWithOwnNames("x-latchkey: { prefix: /_latchkey }\n");
    expect((await load(text.replace("/metrics:", "/_latchkey/metrics:"))).findings).toHaveLength(1);
    expect((await load(text.replace("/metrics:", "/docs:"))).findings).toEqual([]);
  });

  it("may have those of administration where that has a listener of its own", async () => {
    const { findings } = await load(contractWithOwnNames(), { hasAdminListener: true });
    expect(findings.map(({ message }) => message.split(" ")[0]).toSorted()).toEqual(["/docs/intro", "/healthz"]);
  });

  it.each(["_latchkey", "/_latchkey/", "/a/../b", "/a b", "/{a}", "/"])("cannot have the prefix %s", async (prefix) => {
    const { findings } = await load(contractWithOwnNames(`x-latchkey: { prefix: '${prefix}' }\n`));
    expect(findings.map(({ message }) => message)).toContainEqual(
      expect.stringMatching(/^x-latchkey\.prefix is not valid/),
    );
  });

  it("is warned where they hide requests of a path with parameters", async () => {
    const text = contractWithOwnNames("x-latchkey: { prefix: /_latchkey }\n").replace("/orders:", "/{area}/healthz:");
    const { warnings } = await load(
      text
        .replace("security: [{ ApiKey: [shop:read] }]", "security: [{ ApiKey: [shop:read] }]")
        .replace(
          "operationId: getReadiness",
          "operationId: getReadiness\n      parameters: [{ name: area, in: path, required: true, schema: { type: string, maxLength: 9 } }]",
        ),
    );
    expect(warnings.map(({ message }) => message)).toEqual([
      `requests for /_latchkey/healthz do not reach /{area}/healthz, because that is a path of Latchkey itself: ${WAY_OUT}`,
    ]);
  });
});

describe("scopes of administration", () => {
  it("cannot be those of a user contract, wherever administration is served", async () => {
    const text = contractWithOwnNames("x-latchkey: { prefix: /_latchkey }\n").replaceAll("shop:read", "keys:read");
    for (const hasAdminListener of [false, true]) {
      const { findings } = await load(text, { hasAdminListener });
      expect(findings.map(({ message }) => message)).toEqual([
        expect.stringMatching(/^keys:read is a scope of Latchkey/),
      ]);
    }
  });
});
