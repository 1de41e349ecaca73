import { SETTING_GROUPS } from "../src/config/config.ts";
import { fileNameOf } from "../src/config/file-names.ts";
import type { Setting, SettingGroup } from "../src/config/setting.ts";

/** The text of docs/settings.md. */
export function toSettingsPage(): string {
  return `<!-- Generated from src/config by \`npm run generate\`. Do not edit. -->

# Settings

The service and every command read the same settings, from these places. The first that names a setting wins:

1. options of the command line, such as \`--contract\`;
2. environment variables;
3. the settings file: \`latchkey.yaml\` in the working directory, or the one that \`--config FILE\` or
   \`LATCHKEY_CONFIG=FILE\` names;
4. the default.

\`\`\`yaml
# latchkey.yaml
contract: your-openapi.yaml
upstream: http://127.0.0.1:5000
port: 9000
corsOrigins: [https://app.example.com]
databaseUrl: sqlite:./data/latchkey.db
\`\`\`

A name in the file is that of the environment variable without \`LATCHKEY_\`, in camel case: \`LATCHKEY_MAX_BODY_BYTES\` is
\`maxBodyBytes\`, \`DATABASE_URL\` is \`databaseUrl\`. Paths in the file are relative to the file. Lists may be YAML lists;
\`true\` and \`false\` have no quotes. Secrets are not in the file, so that it can be committed: it names files that contain
them. An empty variable, or a name without a value, counts as unset.

\`latchkey config show\` lists each setting in force and where its value comes from; \`latchkey config check\` finds every
mistake. With a value that it does not accept, or an unknown name in the file or beginning with \`LATCHKEY_\`, neither the
service nor a command starts. Editors check and complete the file with [latchkey.schema.json](latchkey.schema.json), which the
package contains; \`latchkey init\` writes the line that tells them. The file is read at the start; workers and their
replacements keep the settings of their primary ([more](workers.md)).
${SETTING_GROUPS.map(toSection).join("")}`;
}

function toSection({ title, settings }: SettingGroup): string {
  return `
## ${title}

| environment | file | default | meaning | accepted values |
| --- | --- | --- | --- | --- |
${settings.map(toRow).join("")}${toExamples(settings)}`;
}

function toRow(setting: Setting<unknown>): string {
  const { name, fallback, meaning, accepts, guide, inFile } = setting;
  const fileName = inFile.kind === "absent" ? "–" : `\`${fileNameOf(setting)}\``;
  const link = guide === undefined ? "" : ` ([more](${guide}))`;
  const standard = fallback === "" ? "none" : `\`${fallback}\``;
  return `| \`${name}\` | ${fileName} | ${standard} | ${withCode(meaning)}${link} | ${withCode(accepts)} |\n`;
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
