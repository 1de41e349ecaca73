import { existsSync, writeFileSync } from "node:fs";
import { relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { SETTINGS } from "../../../config/config.ts";
import { CONTRACT } from "../../../config/contract-settings.ts";
import { USUAL_FILE } from "../../../config/load-config.ts";
import { readSettingsFile } from "../../../config/settings-file.ts";
import { commandText } from "../../../lib/command-text.ts";

/** What editors check the settings file with. */
const SCHEMA = new URL("../../../../docs/latchkey.schema.json", import.meta.url);

/** What was done about the settings file. */
export type SettingsWritten =
  | { readonly kind: "written"; readonly file: string }
  /** There is one already, which stays as it is. */
  | { readonly kind: "kept"; readonly file: string; readonly hasContract: boolean };

/**
 * Writes `latchkey.yaml` to the working directory unless it is there, so that every command knows the contract.
 * @returns undefined when there is nothing to start a service with, or when the contract is outside the directory.
 */
export function writeSettingsFile(contract: string, upstream: string | undefined): SettingsWritten | undefined {
  if (upstream === undefined || relative("", contract).startsWith("..")) return undefined;
  const file = USUAL_FILE;
  if (existsSync(file)) {
    const { values } = readSettingsFile(file, SETTINGS);
    const named = values.get(CONTRACT.name)?.text;
    return { kind: "kept", file, hasContract: named !== undefined && resolve(named) === resolve(contract) };
  }
  writeFileSync(file, settingsText(contract, upstream));
  return { kind: "written", file };
}

function settingsText(contract: string, upstream: string): string {
  const path = fileURLToPath(SCHEMA);
  const inside = relative("", path);
  return `# yaml-language-server: $schema=${inside.startsWith("..") ? path : inside}
# For the service and every command in this folder. ${commandText("config show")} lists all settings.
contract: ${toYaml(contract)}
upstream: ${toYaml(upstream)}
`;
}

/** JSON is YAML; most values need no quotes. */
function toYaml(text: string): string {
  return /^[A-Za-z0-9./_-]+(?::\/\/[A-Za-z0-9.:/_-]+)?$/.test(text) ? text : JSON.stringify(text);
}

/** A line about what was done. */
export function toSettingsLine(done: SettingsWritten, contract: string): string {
  if (done.kind === "written") return `Wrote ${done.file}, from which the service and every command here read that.\n`;
  return done.hasContract ? "" : `${done.file} stays as it is. For other commands, set there: contract: ${contract}\n`;
}
