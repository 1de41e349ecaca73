import { SETTINGS } from "../../config/config.ts";
import { fileNameOf } from "../../config/file-names.ts";
import type { GatheredSettings, SettingSource } from "../../config/load-config.ts";
import type { Setting } from "../../config/setting.ts";
import { type JsonOption, toJson } from "../output.ts";
import { type Session, settingsOf } from "../session.ts";
import { type Column, paintTable, type TableOptions } from "../terminal/table.ts";

/** Prints each setting with its value and where that comes from. */
export async function showConfig(session: Session, { json, wide }: JsonOption & TableOptions) {
  const { gathered } = await settingsOf(session);
  const { sourceOf } = gathered;
  // A secret or an older name that is not set is of no interest.
  const shown = SETTINGS.filter((one) => one.inFile.kind !== "absent" || sourceOf(one).kind !== "default");
  const views = shown.map((setting) => toView(setting, gathered));
  if (json) return session.out(toJson({ file: gathered.file ?? null, settings: views }));
  session.show(paintTable(COLUMNS, views, session.screen, { wide }));
}

const COLUMNS: readonly Column<View>[] = [
  { title: "SETTING", cell: ({ name, variable }) => name ?? variable },
  { title: "VALUE", cell: ({ value, isHidden }) => (isHidden ? "(hidden)" : (value ?? "none")), cutTo: 20 },
  { title: "FROM", cell: ({ source, variable }) => sourceText(source, variable) },
];

/** Says that the settings are valid, or fails with all errors. */
export async function checkConfig(session: Session) {
  const { gathered } = await settingsOf(session);
  const { file, sourceOf } = gathered;
  const count = SETTINGS.filter((setting) => sourceOf(setting).kind !== "default").length;
  const where = file === undefined ? "no settings file" : file;
  session.out(
    `No mistakes: ${count} ${count === 1 ? "setting differs" : "settings differ"} from the defaults; ${where}.\n`,
  );
}

/** The form that programs read. */
type View = {
  /** In the settings file; null where it cannot be there. */
  readonly name: string | null;
  /** The environment variable. */
  readonly variable: string;
  /** Null for none, and for a secret. */
  readonly value: string | null;
  readonly isHidden?: true;
  readonly source: SettingSource;
};

function toView(setting: Setting<unknown>, { texts, sourceOf }: GatheredSettings): View {
  const { name: variable, fallback, inFile, isSecret } = setting;
  const value = texts[variable] || fallback || null;
  const isHidden = isSecret === true && value !== null;
  return {
    name: inFile.kind === "absent" ? null : fileNameOf(setting),
    variable,
    value: isHidden ? null : value,
    ...(isHidden && { isHidden }),
    source: sourceOf(setting),
  };
}

function sourceText(source: SettingSource, variable: string): string {
  switch (source.kind) {
    case "file":
      return `${source.file}:${source.line}`;
    case "environment":
      return `environment (${variable})`;
    default:
      return source.kind;
  }
}
