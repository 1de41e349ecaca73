import { SETTING_GROUPS } from "../src/config/config.ts";
import type { Setting, SettingGroup } from "../src/config/setting.ts";

/** The text of docs/settings.md. */
export function toSettingsPage(): string {
  return `<!-- Generated from src/config by \`npm run generate\`. Do not edit. -->

# Settings

Latchkey reads its settings from environment variables; \`latchkey serve --help\` lists them too. An empty variable counts as
unset. The service does not start with a value that it does not accept, or with an unknown name that begins with \`LATCHKEY_\`.
${SETTING_GROUPS.map(toSection).join("")}`;
}

function toSection({ title, settings }: SettingGroup): string {
  return `
## ${title}

| name | default | meaning | accepted values |
| --- | --- | --- | --- |
${settings.map(toRow).join("")}${toExamples(settings)}`;
}

function toRow({ name, fallback, meaning, accepts, guide }: Setting<unknown>): string {
  const link = guide === undefined ? "" : ` ([more](${guide}))`;
  const standard = fallback === "" ? "none" : `\`${fallback}\``;
  return `| \`${name}\` | ${standard} | ${withCode(meaning)}${link} | ${withCode(accepts)} |\n`;
}

/** What is shown as code: Markdown would read the `*` and `_` of some as emphasis. */
const CODE = [
  /[A-Z]+(?:_[A-Z]+)+/,
  /X-Forwarded-For/,
  /(?:GET )?\/[a-z0-9]+(?:\/[a-z0-9]+)*/,
  /metrics:read/,
  /sqlite:(?= )/,
  /openssl .+/,
  /\*/,
];
const ANY_CODE = new RegExp(CODE.map(({ source }) => source).join("|"), "g");

function withCode(text: string): string {
  return text.replaceAll(ANY_CODE, "`$&`");
}

function toExamples(settings: readonly Setting<unknown>[]): string {
  const lines = settings.flatMap(({ name, example }) => (example === undefined ? [] : [`${name}=${example}\n`]));
  return lines.length === 0 ? "" : `\n\`\`\`sh\n${lines.join("")}\`\`\`\n`;
}
