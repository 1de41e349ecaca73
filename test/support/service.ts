import { afterAll, beforeAll } from "@jest/globals";
import { OPERATOR_AUTHORITY } from "../../src/admin/actions.ts";
import { registerClient } from "../../src/admin/clients/register-client.ts";
import { issueKey, type NewKey } from "../../src/admin/keys/issue-key.ts";
import { type Config, parseConfig } from "../../src/config/config.ts";
import { KEYS_IN_TEXT, mayContainKeys } from "../../src/keys/format.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { createLog } from "../../src/lib/log/log.ts";
import { type Running, serve } from "../../src/service/start.ts";
import { findClient } from "../../src/store/clients.ts";

export type TestService = {
  readonly url: string;
  readonly port: number;
  readonly running: Running;
  /** Every log line so far, parsed. */
  readonly logged: () => readonly Readonly<Record<string, unknown>>[];
  /** Issues a key to the client `acme`, or to the one that `wanted` names. */
  readonly issue: (wanted?: Partial<NewKey>) => Promise<{ readonly key: ApiKey; readonly secret: string }>;
};

/** The default settings, with a free port and a database in memory. */
export function someConfig(environment: Readonly<Record<string, string>> = {}): Config {
  const outcome = parseConfig({
    PORT: "0",
    DATABASE_URL: "sqlite::memory:",
    LOG_LEVEL: "trace",
    // Tests send more bad keys than the limit allows.
    LATCHKEY_FAILED_KEYS_PER_MINUTE: "0",
    ...environment,
  });
  if (outcome.kind === "invalid") throw new Error(outcome.errors.join("\n"));
  return outcome.config;
}

type Settings = Readonly<Record<string, string>>;

/** A complete service that listens on loopback during the tests of a file. */
export function aService(settings: Settings | (() => Settings) = {}): TestService {
  const lines: string[] = [];
  let running: Running | undefined;
  const started = () => {
    if (running === undefined) throw new Error("The service has not started yet.");
    return running;
  };

  beforeAll(async () => {
    const destination = { write: (line: string) => void lines.push(line) };
    const environment = typeof settings === "function" ? settings() : settings;
    running = await serve(
      someConfig(environment),
      createLog({ level: "trace", secrets: KEYS_IN_TEXT, mayContainSecrets: mayContainKeys, destination }),
    );
  });
  afterAll(async () => void (await running?.stop({ isHurried: true })));

  return {
    get url() {
      return started().url;
    },
    get port() {
      return Number(new URL(started().url).port);
    },
    get running() {
      return started();
    },
    logged: () => lines.map((line) => JSON.parse(line)),
    issue: (wanted = {}) => issue(started(), wanted),
  };
}

async function issue({ actions }: Running, differences: Partial<NewKey>) {
  const wanted: NewKey = {
    client: "acme",
    name: "test",
    scopes: ["data:read"],
    environment: "live",
    expiresAt: null,
    ...differences,
  };
  // Tests call more often than the default plan allows.
  const plan = actions.policy.plans.has("unlimited") ? "unlimited" : undefined;
  if (!(await findClient(actions.db, wanted.client))) await registerClient({ name: wanted.client, plan }, actions);
  const outcome = await issueKey(wanted, OPERATOR_AUTHORITY, actions);
  if (outcome.kind !== "issued") throw new Error(`No key was issued: ${outcome.kind}.`);
  return outcome;
}
