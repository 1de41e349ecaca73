import type { WriteStream } from "node:tty";
import { styleText } from "node:util";
import type { EnvironmentVariables } from "../../config/setting.ts";
import type { Screen } from "./screen.ts";

/** Where neither the terminal nor COLUMNS tells. */
const USUAL_COLUMNS = 80;

/**
 * What `stream` can show. NO_COLOR, FORCE_COLOR, FORCE_HYPERLINK and COLUMNS override what is found out about the
 * terminal. Without a terminal, only FORCE_COLOR counts.
 */
export async function openScreen(stream: WriteStream, environment: EnvironmentVariables): Promise<Screen> {
  const hasColors = styleText("bold", "", { stream }) !== "";
  if (!stream.isTTY) return { columns: undefined, hasColors, hasLinks: false };
  const { createSupportsHyperlinks } = await import("supports-hyperlinks");
  const columns = parseColumns(environment["COLUMNS"]) ?? (stream.columns || USUAL_COLUMNS);
  return { columns, hasColors, hasLinks: createSupportsHyperlinks(stream) };
}

function parseColumns(text = ""): number | undefined {
  return /^[1-9]\d{1,3}$/.test(text) ? Number(text) : undefined;
}
