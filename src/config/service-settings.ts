import { z } from "zod";
import { choice, eitherOf, FILE_PATH, type ReadSetting, type SettingGroup, setting, wholeNumber } from "./setting.ts";

const LOG_LEVELS = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

export const CONFIG = setting({
  name: "LATCHKEY_CONFIG",
  meaning:
    "file with settings, for the service and every command; without it, latchkey.yaml in the working directory is read where there is one",
  fallback: "",
  accepts: "the path of a YAML file",
  example: "/etc/latchkey/latchkey.yaml",
  schema: FILE_PATH.schema,
  inFile: { kind: "absent", reason: "names the settings file: set it as an environment variable, or use --config" },
});

const PORT = setting({
  name: "PORT",
  meaning: "port to listen on; 0 chooses a free one",
  fallback: "8080",
  ...wholeNumber(0, 65_535),
});

const HOST = setting({
  name: "HOST",
  meaning: "address to listen on",
  fallback: "127.0.0.1",
  accepts: "an address or a host name of this machine",
  example: "0.0.0.0",
  schema: z.string().min(1).max(255),
  inFile: { kind: "text" },
});

export const DATABASE_URL = setting({
  name: "DATABASE_URL",
  meaning: "database of keys, clients, usage and the audit log",
  fallback: "sqlite:./data/latchkey.db",
  accepts: "sqlite: and the path of a file",
  example: "sqlite:/var/lib/latchkey/latchkey.db",
  schema: z.string().regex(/^sqlite:.+$/),
  inFile: { kind: "database" },
});

const LOG_LEVEL = setting({
  name: "LOG_LEVEL",
  meaning: "the least severe lines that are logged",
  fallback: "info",
  accepts: `one of ${LOG_LEVELS.join(", ")}`,
  ...choice(LOG_LEVELS),
});

const WORKERS = setting({
  name: "LATCHKEY_WORKERS",
  meaning: "number of processes that serve, to use more than one core; they share limits and quotas",
  fallback: "1",
  guide: "workers.md",
  ...wholeNumber(1, 64),
});

const FAST_PATH = setting({
  name: "LATCHKEY_FAST_PATH",
  meaning: "whether the compiled judge decides what it can; off leaves every request to the validator, which is slower",
  fallback: "on",
  ...eitherOf("on", "off"),
});

export const SERVICE_SETTINGS: SettingGroup = {
  title: "Service",
  settings: [CONFIG, PORT, HOST, DATABASE_URL, LOG_LEVEL, WORKERS, FAST_PATH],
};

export type ServiceConfig = {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** From 1. */
  readonly workers: number;
  readonly fastPath: boolean;
};

export function readServiceConfig(read: ReadSetting): ServiceConfig {
  return {
    port: read(PORT),
    host: read(HOST),
    databaseUrl: read(DATABASE_URL),
    logLevel: read(LOG_LEVEL),
    workers: read(WORKERS),
    fastPath: read(FAST_PATH),
  };
}
