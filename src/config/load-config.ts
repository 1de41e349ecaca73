import { lstatSync } from "node:fs";
import { type Config, parseConfig, SETTINGS } from "./config.ts";
import { type FilePlace, fileNameOf, placeText } from "./file-names.ts";
import { CONFIG } from "./service-settings.ts";
import type { EnvironmentVariables, Setting } from "./setting.ts";
import type { SettingsFile } from "./settings-file.ts";

/** The settings file that is read where none is named. */
export const USUAL_FILE = "latchkey.yaml";

/** What people may call it, and would then wonder about. */
const UNREAD_FILES = ["latchkey.yml", "latchkey.json"];

/** Where settings come from; each comes before the ones after it. */
export type SettingsInput = {
  /** Options of the command line, by the names of their environment variables. An empty text unsets a setting. */
  readonly options?: EnvironmentVariables;
  readonly environment: EnvironmentVariables;
  /** Whether `latchkey.yaml` in the working directory is read where no file is named. Default: yes. */
  readonly looksForFile?: boolean;
};

/** Where the value of a setting comes from. */
export type SettingSource =
  | { readonly kind: "option" | "environment" | "default" }
  | ({ readonly kind: "file" } & FilePlace);

/** The settings as text, and where each comes from. */
export type GatheredSettings = {
  /** The environment, with the settings that options and the file name. */
  readonly texts: EnvironmentVariables;
  readonly sourceOf: (setting: Pick<Setting<unknown>, "name">) => SettingSource;
  /** The settings file, if there is one. */
  readonly file: string | undefined;
  /** Errors in the file. */
  readonly errors: readonly string[];
};

export type LoadedConfig =
  | { readonly kind: "valid"; readonly config: Config; readonly gathered: GatheredSettings }
  /** One line per error, each with its fix. */
  | { readonly kind: "invalid"; readonly errors: readonly string[] };

/** Reads the settings from options, the environment and the settings file, and reports all errors at once. */
export async function loadConfig(input: SettingsInput): Promise<LoadedConfig> {
  const gathered = await gatherSettings(input);
  const outcome = parseConfig(gathered.texts);
  const found = outcome.kind === "invalid" ? outcome.errors : [];
  const errors = inOrder([...gathered.errors, ...found.map((error) => placed(error, gathered))]);
  if (outcome.kind === "invalid" || errors.length > 0) return { kind: "invalid", errors };
  return { kind: "valid", config: outcome.config, gathered };
}

/** The environment variables that give another process the same settings, without options and file. */
export function toEnvironment(texts: EnvironmentVariables): EnvironmentVariables {
  return Object.fromEntries(SETTINGS.map(({ name }) => [name, name === CONFIG.name ? "" : (texts[name] ?? "")]));
}

/** Gathers the settings without judging their values. */
export async function gatherSettings(input: SettingsInput): Promise<GatheredSettings> {
  const { options = {}, environment } = input;
  const named = options[CONFIG.name] ?? environment[CONFIG.name];
  const { file, unread } = named ? { file: named, unread: undefined } : findFile(input);
  const { values, errors } = await readFile(file);
  const fromFile = [...values].flatMap(([name, { text }]) => (environment[name] ? [] : [[name, text] as const]));
  return {
    texts: { ...environment, ...Object.fromEntries(fromFile), ...options },
    sourceOf: ({ name }) => {
      if (options[name] !== undefined) return { kind: "option" };
      if (environment[name]) return { kind: "environment" };
      const value = values.get(name);
      return value === undefined ? { kind: "default" } : { kind: "file", ...value.place };
    },
    file,
    errors: unread === undefined ? errors : [...errors, `${unread} is not read: rename it to ${USUAL_FILE}.`],
  };
}

function findFile({ looksForFile = true }: SettingsInput) {
  if (!looksForFile) return { file: undefined, unread: undefined };
  if (isThere(USUAL_FILE)) return { file: USUAL_FILE, unread: undefined };
  return { file: undefined, unread: UNREAD_FILES.find(isThere) };
}

/** Also a link that leads nowhere: it was meant to be read. */
function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

async function readFile(file: string | undefined): Promise<SettingsFile> {
  if (file === undefined) return { values: new Map(), errors: [] };
  // The parser takes longer to load than everything else here.
  const { readSettingsFile } = await import("./settings-file.ts");
  return readSettingsFile(file, SETTINGS);
}

const ANY_NAME = new RegExp(
  `\\b(?:${SETTINGS.map(({ name }) => name)
    .toSorted(longestFirst)
    .join("|")})\\b`,
  "g",
);

function longestFirst(one: string, other: string): number {
  return other.length - one.length;
}

/** Names settings as the file does, unless their value comes from elsewhere, with the place of the first. */
function placed(error: string, { sourceOf, file }: GatheredSettings): string {
  if (file === undefined) return error;
  let place = "";
  const text = error.replaceAll(ANY_NAME, (name) => {
    const source = sourceOf({ name });
    if (source.kind === "file") place ||= `${placeText(source)}: `;
    return source.kind === "file" || source.kind === "default" ? fileNameOf({ name }) : name;
  });
  return place === "" ? error : `${place}${text}`;
}

/** In the order of the file; errors elsewhere are last. */
function inOrder(errors: readonly string[]): readonly string[] {
  const lineOf = (error: string) => Number(/^[^ ]+?:(\d+):\d+: /.exec(error)?.[1] ?? Number.MAX_SAFE_INTEGER);
  return errors.toSorted((one, other) => lineOf(one) - lineOf(other));
}
