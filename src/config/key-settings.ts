import { z } from "zod";
import { BRAND_FORMAT } from "../keys/format.ts";
import { type ReadSetting, type SettingGroup, setting, wholeNumber } from "./setting.ts";

const ENVIRONMENT_SETS = { live: ["live"], test: ["test"], "live,test": ["live", "test"] } as const;

export const BRAND = setting({
  name: "LATCHKEY_BRAND",
  meaning: "first part of the text of new keys; existing keys with another one stay valid",
  fallback: "lk",
  accepts: "up to 16 lower-case letters and digits, the first a letter",
  example: "acme",
  schema: z.string().regex(BRAND_FORMAT),
  inFile: { kind: "text" },
});

const ENVIRONMENTS = setting({
  name: "LATCHKEY_ENVIRONMENTS",
  meaning: "environments whose keys are accepted",
  fallback: "live,test",
  accepts: "live, test, or live,test",
  schema: z.enum(["live", "test", "live,test"]).transform((set) => ENVIRONMENT_SETS[set]),
  inFile: { kind: "list" },
});

const MAX_KEYS_PER_CLIENT = setting({
  name: "LATCHKEY_MAX_KEYS_PER_CLIENT",
  meaning:
    "maximum number of keys per client; revoked, expired and superseded keys do not count; set it for the command line too",
  fallback: "100",
  ...wholeNumber(1, 9_999_999),
});

const FAILED_KEYS_PER_MINUTE = setting({
  name: "LATCHKEY_FAILED_KEYS_PER_MINUTE",
  meaning: "how many invalid keys one address may try per minute; 0: any number",
  fallback: "20",
  ...wholeNumber(0, 999_999),
});

export const KEY_SETTINGS: SettingGroup = {
  title: "Keys",
  settings: [BRAND, ENVIRONMENTS, MAX_KEYS_PER_CLIENT, FAILED_KEYS_PER_MINUTE],
};

export type KeyConfig = {
  readonly brand: string;
  readonly environments: (typeof ENVIRONMENT_SETS)[keyof typeof ENVIRONMENT_SETS];
  readonly maxKeysPerClient: number;
  /** 0: any number. */
  readonly failedKeysPerMinute: number;
};

export function readKeyConfig(read: ReadSetting): KeyConfig {
  return {
    brand: read(BRAND),
    environments: read(ENVIRONMENTS),
    maxKeysPerClient: read(MAX_KEYS_PER_CLIENT),
    failedKeysPerMinute: read(FAILED_KEYS_PER_MINUTE),
  };
}
