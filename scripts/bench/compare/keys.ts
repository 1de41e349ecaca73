import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { composeKey, RANDOM_LENGTH } from "../../../src/keys/format.ts";
import { databaseIn, ROOT } from "./contenders.ts";
import { benchContract } from "./contract.ts";
import type { Secrets } from "./scenarios.ts";

/** Issues the keys with the command line, like an operator. */
export function prepareKeys(folder: string): Secrets {
  const contract = contractIn(folder, 8);
  const issue = (client: string, plan: string): string => {
    const words = ["keys", "create", "--client", client, "--create-client", "--scope", "bench:use", "--json"];
    const settings = { DATABASE_URL: databaseIn(folder), LATCHKEY_CONTRACT: contract };
    const { secret } = JSON.parse(run(settings, words));
    run(settings, ["clients", "update", client, "--plan", plan]);
    return secret;
  };
  const ofService = (words: readonly string[]) => run({ DATABASE_URL: databaseIn(folder, "service") }, words);
  const create = ["keys", "create", "--client", "bench", "--create-client", "--scope", "data:read", "--json"];
  const { secret: service } = JSON.parse(ofService(create));
  ofService(["clients", "update", "bench", "--plan", "free"]);
  ofService(["clients", "limits", "bench", "--set", "perKey=1000000/1s+1000000,monthly=1000000000"]);
  return {
    service,
    ample: issue("ample", "bench"),
    tiny: issue("tiny", "tiny"),
    unknown: composeKey("lk", "live", "0".repeat(RANDOM_LENGTH)),
  };
}

/** Writes the contract with `operations` operations. @returns its path. */
export function contractIn(folder: string, operations: number): string {
  const path = join(folder, `openapi-${operations}.json`);
  writeFileSync(path, JSON.stringify(benchContract(operations)));
  return path;
}

function run(settings: Readonly<Record<string, string>>, words: readonly string[]): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, "src/cli/main.ts"), ...words], {
    env: { ...process.env, ...settings },
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(`latchkey ${words.join(" ")}: ${stderr}`);
  return stdout;
}
