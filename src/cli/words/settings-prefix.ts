import { CONTRACT } from "../../config/contract-settings.ts";
import { BRAND } from "../../config/key-settings.ts";
import type { GatheredSettings } from "../../config/load-config.ts";
import { CONFIG, DATABASE_URL } from "../../config/service-settings.ts";

/** What commands need to know of a service: its keys, and what they are for. */
const NEEDED = [CONFIG, DATABASE_URL, CONTRACT, BRAND];

/**
 * The start of a command line for another terminal: the settings that this process has from its options and its
 * environment, which a command there would not find.
 */
export function settingsPrefix({ texts, sourceOf }: Pick<GatheredSettings, "texts" | "sourceOf">): string {
  return NEEDED.filter((setting) => ["option", "environment"].includes(sourceOf(setting).kind))
    .map(({ name }) => `${name}=${quoted(texts[name] ?? "")} `)
    .join("");
}

function quoted(text: string): string {
  return /^[\w./:@+-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
