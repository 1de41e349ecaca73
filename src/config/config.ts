import { commandText } from "../lib/command-text.ts";
import { nearestName } from "../lib/nearest-name.ts";
import { CONTRACT_SETTINGS, type ContractConfig, readContractConfig } from "./contract-settings.ts";
import { KEY_SETTINGS, type KeyConfig, readKeyConfig } from "./key-settings.ts";
import { createFindSecret, type FindSecret } from "./secrets.ts";
import { readServiceConfig, SERVICE_SETTINGS, type ServiceConfig } from "./service-settings.ts";
import {
  type EnvironmentVariables,
  invalidText,
  type ReportError,
  type Setting,
  type SettingGroup,
} from "./setting.ts";
import { readTransportConfig, TRANSPORT_SETTINGS, type TransportConfig } from "./transport-settings.ts";
import { readUsageConfig, USAGE_SETTINGS, type UsageConfig } from "./usage-settings.ts";

/** Every setting, in the order of documentation. */
export const SETTING_GROUPS: readonly SettingGroup[] = [
  SERVICE_SETTINGS,
  KEY_SETTINGS,
  CONTRACT_SETTINGS,
  TRANSPORT_SETTINGS,
  USAGE_SETTINGS,
];

export const SETTINGS: readonly Setting<unknown>[] = SETTING_GROUPS.flatMap(({ settings }) => settings);

const NAMES = new Set(SETTINGS.map(({ name }) => name));

/** The settings of one process. */
export type Config = ServiceConfig &
  KeyConfig &
  UsageConfig & {
    readonly contract: ContractConfig;
    readonly transport: TransportConfig;
    /** For the secrets that a contract names. */
    readonly findSecret: FindSecret;
  };

export type ConfigOutcome =
  | { readonly kind: "valid"; readonly config: Config }
  /** One line per error, each with its fix. */
  | { readonly kind: "invalid"; readonly errors: readonly string[] };

/** Reads the settings from environment variables, and reports all errors at once. An empty variable counts as unset. */
export function parseConfig(environment: EnvironmentVariables): ConfigOutcome {
  const errors = unknownSettings(environment);
  const report: ReportError = (message) => void errors.push(message);
  const read = <T>(setting: Setting<T>): T => readSetting(setting, environment, report);
  const config = Object.freeze({
    ...readServiceConfig(read),
    ...readKeyConfig(read),
    ...readUsageConfig(read),
    contract: readContractConfig(read, report),
    transport: readTransportConfig(read, report),
    findSecret: createFindSecret(environment),
  });
  checkListeners(config, report);
  return errors.length > 0 ? { kind: "invalid", errors } : { kind: "valid", config };
}

function checkListeners({ host, port, transport: { adminListen } }: Config, report: ReportError) {
  if (adminListen === undefined || port === 0 || adminListen.port !== port || adminListen.host !== host) return;
  report("LATCHKEY_ADMIN_LISTEN is the address of HOST and PORT: give it another port.");
}

function readSetting<T>(setting: Setting<T>, environment: EnvironmentVariables, report: ReportError): T {
  const { name, schema, fallback } = setting;
  const parsed = schema.safeParse(environment[name] || fallback);
  if (parsed.success) return parsed.data;
  report(invalidText(name, setting));
  return schema.parse(fallback);
}

/** A misspelled setting would silently leave its default in force, which may be less strict. */
function unknownSettings(environment: EnvironmentVariables): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith("LATCHKEY_") && !NAMES.has(name))
    .map((name) => `${name} is not a setting: remove it, or correct its name${nearText(name)}.`);
}

function nearText(name: string): string {
  const near = nearestName(
    name.replace("LATCHKEY_", ""),
    [...NAMES].map((one) => one.replace("LATCHKEY_", "")),
  );
  const found = SETTINGS.find((setting) => setting.name.replace("LATCHKEY_", "") === near);
  return found === undefined ? ` (${commandText("serve --help")} lists all)` : ` (there is ${found.name})`;
}
