import type { Pointer, Report } from "../../document/finding.ts";
import type { JsonObject } from "../../document/json.ts";
import { eachOfKind } from "../../document/object-kinds.ts";
import { createEvaluator, type Evaluator } from "../../judge/exact/evaluator.ts";
import type { Outline } from "../../model/outline.ts";

/** Finds defaults and values of an enum that their own schema does not admit. */
export function checkDefaults({ document }: Outline, report: Report) {
  const evaluator = createEvaluator(document, "readOnly");
  eachOfKind(document.root, "document", undefined, (pointer, schema, kind) => {
    if (kind !== "schema") return undefined;
    if (schema["default"] !== undefined) checkDefault(evaluator, pointer, schema, report);
    if (schema["type"] !== undefined) checkEnum(evaluator, pointer, schema, report);
    return undefined;
  });
}

function checkDefault(evaluator: Evaluator, pointer: Pointer, schema: JsonObject, report: Report) {
  const violation = firstViolation(evaluator, schema, schema["default"]);
  if (violation === undefined) return;
  const message = `the default ${toText(schema["default"])} is not valid by its own schema (${violation}), so it is not used: correct it`;
  report([...pointer, "default"], message, "default");
}

/** YAML reads 1.0 as a number, where an author may mean a text. */
function checkEnum(evaluator: Evaluator, pointer: Pointer, { type, enum: values }: JsonObject, report: Report) {
  if (!Array.isArray(values)) return;
  const ofType = { type };
  for (const [index, value] of values.entries()) {
    const violation = firstViolation(evaluator, ofType, value);
    if (violation === undefined) continue;
    const fix = [type].flat().includes("string") && typeof value !== "object" ? "put it in quotes" : "correct it";
    const message = `the value ${toText(value)} of this enum is not of its type (${violation}): ${fix}`;
    report([...pointer, "enum", index], message, "enum-type");
  }
}

/** Undefined for a valid value, and where the schema itself is wrong, which is a finding of its own. */
function firstViolation(evaluator: Evaluator, schema: JsonObject, value: unknown): string | undefined {
  try {
    return evaluator.of(schema).violationsOf(value)[0]?.message;
  } catch {
    return undefined;
  }
}

const MOST_CHARACTERS = 40;

function toText(value: unknown): string {
  const text = JSON.stringify(value) ?? "";
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
