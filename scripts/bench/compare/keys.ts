import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeKey, RANDOM_LENGTH } from "../../../src/keys/format.ts";
import { databaseIn, ROOT } from "./contenders.ts";
import { benchContract } from "./contract.ts";
import type { Secrets } from "./scenarios.ts";

/** Issues the keys as an operator would: with the command line. */
export function prepareKeys(folder: string): Secrets {
  const contract = contractIn(folder, 8);
  const issue = (client: string, plan: string): string => {
    const words = ["keys", "create", "--client", client, "--create-client", "--scope", "bench:use", "--json"];
    const { secret } = JSON.parse(run(folder, contract, words));
    run(folder, contract, ["clients", "update", client, "--plan", plan]);
    return secret;
  };
  return {
    ample: issue("ample", "bench"),
    tiny: issue("tiny", "tiny"),
    unknown: composeKey("lk", "live", "0".repeat(RANDOM_LENGTH)),
  };
}

/** Writes the contract with so many operations, and says where. */
export function contractIn(folder: string, operations: number): string {
  const path = join(folder, `openapi-${operations}.json`);
  writeFileSync(path, JSON.stringify(benchContract(operations)));
  return path;
}

function run(folder: string, contract: string, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "src/cli/main.ts"), ...words], {
    env: { ...process.env, DATABASE_URL: databaseIn(folder), LATCHKEY_CONTRACT: contract },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`latchkey ${words.join(" ")}: ${stderr}`);
  return stdout;
}
