import type { Pointer } from "../../../contract/document/finding.ts";
import { asList, parsePointer } from "../../../contract/document/json.ts";
import type { OpenApiDocument } from "../../../contract/document/openapi-document.ts";
import type { FoundOperation } from "../../../contract/model/outline.ts";
import type { ViolationCount } from "../../../usage/violations.ts";
import { type FoundSchema, locateSchemas } from "./locate.ts";

/** One change of a contract. */
export type Change = {
  readonly place: Pointer;
  /** The item of the list at `place` that the change is about. */
  readonly item?: string;
} & ({ readonly kind: "remove" } | { readonly kind: "update"; readonly update: unknown });

type Violation = Pick<ViolationCount, "pointer" | "detail">;

/** The changes that let a contract allow what a request violates; none where that takes a person to decide. */
export function changesFor(
  document: OpenApiDocument,
  operation: FoundOperation,
  violation: Violation,
): readonly Change[] {
  const { pointer, detail } = violation;
  const [, place, name = "", rest = ""] = /^#\/(query|header|path|cookie)\/([^/]+)(.*)$/.exec(pointer) ?? [];
  if (place !== undefined) return parameterChanges(document, operation, { place, name, rest, detail });
  if (detail === "a body is not declared") {
    return [{ kind: "update", place: operation.pointer, update: { requestBody: { content: { "*/*": {} } } } }];
  }
  const steps = pointer === "#" ? [] : parsePointer(pointer);
  return bodySchemas(document, operation).flatMap((at) => schemaChanges(document, at, steps, detail));
}

type InParameter = { readonly place: string; readonly name: string; readonly rest: string; readonly detail: string };

function parameterChanges(document: OpenApiDocument, operation: FoundOperation, one: InParameter): readonly Change[] {
  const { place, name, rest, detail } = one;
  if (detail.startsWith("Unknown query parameter")) {
    const parameters = [{ name, in: "query", schema: {} }];
    return [{ kind: "update", place: operation.pointer, update: { parameters } }];
  }
  const found = operation.parameters.find(
    ({ parameter }) =>
      parameter["in"] === place && String(parameter["name"]).toLowerCase() === name.toLowerCase() && place !== "",
  );
  if (found === undefined) return [];
  const isMissing = rest === "" && REQUIRED.test(detail);
  if (isMissing) return [{ kind: "update", place: found.place, update: { required: false } }];
  const steps = rest === "" ? [] : parsePointer(`#${rest}`);
  return schemaChanges(document, [...found.place, "schema"], steps, detail);
}

function bodySchemas({ follow }: OpenApiDocument, { pointer, operation }: FoundOperation): readonly Pointer[] {
  const [place, body] = follow([...pointer, "requestBody"], operation["requestBody"]);
  const types = Object.keys(typeof body?.["content"] === "object" ? (body["content"] ?? {}) : {});
  return types.map((type) => [...place, "content", type, "schema"]);
}

const REQUIRED = /^must have required property '(.*)'$/;
const UNDECLARED = /^must NOT have (?:additional|unevaluated) properties$/;

function schemaChanges(
  document: OpenApiDocument,
  place: Pointer,
  steps: readonly string[],
  detail: string,
): readonly Change[] {
  const name = steps.at(-1);
  const around = () => locateSchemas(document, place, steps.slice(0, -1));
  if (name !== undefined && UNDECLARED.test(detail)) {
    const [first] = around();
    return first ? [{ kind: "update", place: first.place, update: { properties: { [name]: {} } } }] : [];
  }
  const [, missing] = REQUIRED.exec(detail) ?? [];
  if (missing !== undefined) {
    return around()
      .filter(({ schema }) => asList(schema["required"]).includes(missing))
      .map((one) => ({ kind: "remove", place: [...one.place, "required"], item: missing }));
  }
  const keywords = KEYWORDS.find(([text]) => text.test(detail))?.[1] ?? [];
  return locateSchemas(document, place, steps).flatMap((one) => removals(one, keywords));
}

function removals({ place, schema }: FoundSchema, keywords: readonly string[]): readonly Change[] {
  return keywords.flatMap((word) =>
    schema[word] === undefined ? [] : [{ kind: "remove" as const, place: [...place, word] }],
  );
}

/** The keywords that a violation is about, by its words. */
const KEYWORDS: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^must NOT have more than \d+ characters/, ["maxLength"]],
  [/^must NOT have fewer than \d+ characters/, ["minLength"]],
  [/^must NOT have more than \d+ items/, ["maxItems"]],
  [/^must NOT have fewer than \d+ items/, ["minItems"]],
  [/^must NOT have more than \d+ properties/, ["maxProperties"]],
  [/^must NOT have fewer than \d+ properties/, ["minProperties"]],
  [/^must NOT have duplicate items/, ["uniqueItems"]],
  [/^must match pattern/, ["pattern"]],
  [/^must match format/, ["format"]],
  [/^must be equal to one of the allowed values/, ["enum"]],
  [/^must be equal to constant/, ["const"]],
  [/^must be multiple of/, ["multipleOf"]],
  [/^must be >= /, ["minimum"]],
  [/^must be <= /, ["maximum"]],
  [/^must be > /, ["exclusiveMinimum"]],
  [/^must be < /, ["exclusiveMaximum"]],
  [/^must be (?:an? )?(?:string|integer|number|boolean|object|array|null)\b/, ["type"]],
];
