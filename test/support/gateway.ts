import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { aService } from "./service.ts";
import { temporaryFolder } from "./temporary.ts";
import { anUpstream } from "./upstream.ts";

/** A service with a contract of its own, before an upstream that records what it gets. */
export function aGateway(contract: string) {
  const upstream = anUpstream();
  const folder = temporaryFolder();
  const service = aService(() => {
    const path = join(folder, "contract.yaml");
    writeFileSync(path, contract);
    return { LATCHKEY_CONTRACT: path, LATCHKEY_UPSTREAM: upstream.url };
  });
  return { upstream, service };
}
