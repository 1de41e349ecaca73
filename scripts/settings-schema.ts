import { SETTINGS } from "../src/config/config.ts";
import { fileNameOf } from "../src/config/file-names.ts";
import type { Setting } from "../src/config/setting.ts";

/** The text of docs/latchkey.schema.json: what editors know about the settings file. */
export function toSettingsSchema(): string {
  const settings = SETTINGS.filter(({ inFile }) => inFile.kind !== "absent");
  const schema = {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: "Settings of Latchkey",
    type: ["object", "null"],
    additionalProperties: false,
    properties: Object.fromEntries(settings.map((setting) => [fileNameOf(setting), toProperty(setting)])),
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function toProperty(setting: Setting<unknown>) {
  const { name, meaning, accepts, fallback, example } = setting;
  const standard = fallback === "" ? "" : ` Default: ${fallback}.`;
  return {
    description: `${upperFirst(meaning)}. Give ${accepts}.${standard} Environment variable: ${name}.`,
    ...toType(setting),
    ...(example !== undefined && { examples: [example] }),
  };
}

/** A name without a value counts as absent, so null is allowed everywhere. */
function toType({ inFile }: Setting<unknown>) {
  switch (inFile.kind) {
    case "number":
      return { type: ["integer", "null"], minimum: inFile.least, maximum: inFile.most };
    case "switch":
      return { enum: [...new Set([true, false, ...(inFile.on === "on" ? ["on", "off"] : []), null])] };
    case "choice":
      return { enum: [...inFile.words, null] };
    case "list":
      return { type: ["array", "string", "null"], items: { type: "string", minLength: 1 } };
    case "database":
      return { type: ["string", "null"], pattern: "^(?:sqlite:.+)?$" };
    default:
      return { type: ["string", "null"] };
  }
}

function upperFirst(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
