import { OPERATOR_AUTHORITY } from "../../../src/admin/actions.ts";
import { registerClient } from "../../../src/admin/clients/register-client.ts";
import { issueKey } from "../../../src/admin/keys/issue-key.ts";
import { parseConfig } from "../../../src/config/config.ts";
import { isAdministrative } from "../../../src/keys/scopes.ts";
import { createLog } from "../../../src/lib/log/log.ts";
import { type Running, serve } from "../../../src/service/start.ts";

export type Gateway = {
  readonly url: string;
  /** A key with every scope of the contract. */
  readonly key: string;
  readonly stop: () => Promise<void>;
};

/** Starts the service in this process, as its command line would with these settings. */
export async function startGateway(contract: string, upstream: string): Promise<Gateway> {
  const outcome = parseConfig({
    PORT: "0",
    DATABASE_URL: "sqlite::memory:",
    LOG_LEVEL: "silent",
    LATCHKEY_FAILED_KEYS_PER_MINUTE: "0",
    LATCHKEY_CONTRACT: contract,
    LATCHKEY_UPSTREAM: upstream,
  });
  if (outcome.kind === "invalid") throw new Error(outcome.errors.join("\n"));
  const log = createLog({
    level: "silent",
    secrets: /(?!)/g,
    mayContainSecrets: () => false,
    destination: { write: () => {} },
  });
  const running = await serve(outcome.config, log);
  return {
    url: running.url,
    key: await issueEverything(running),
    stop: async () => void (await running.stop({ isHurried: true })),
  };
}

async function issueEverything({ actions }: Running): Promise<string> {
  await registerClient({ name: "corpus", plan: undefined }, actions);
  const wanted = {
    client: "corpus",
    name: "corpus",
    scopes: actions.scopes.filter((scope) => !isAdministrative(scope)),
    environment: "live",
    expiresAt: null,
  } as const;
  const issued = await issueKey(wanted, OPERATOR_AUTHORITY, actions);
  if (issued.kind !== "issued") throw new Error(`No key was issued: ${issued.kind}.`);
  return issued.secret;
}
