import type { JsonObject } from "../../../src/contract/document/json.ts";
import { oneText } from "../../support/judges/serialized.ts";
import type { Dialect } from "../values/dialect.ts";
import { type NearMiss, nearMissesOf } from "../values/near-misses.ts";
import type { Violation } from "../values/schema-check.ts";
import { type Extent, isValid } from "../values/values.ts";
import { isFormType, isJsonType, isMultipartType } from "./body-text.ts";
import type { CorpusCase } from "./corpus-request.ts";
import type { CorpusOperation } from "./operations.ts";
import {
  type BodyValue,
  type CaseOptions,
  exampleOf,
  generateValues,
  isSendable,
  type RequestValues,
  schemaIn,
} from "./request-values.ts";
import { writeRequest } from "./write-request.ts";

const EXTENTS: readonly Extent[] = ["required", "all", "some"];

/** Requests of an operation; none where no valid one could be made. */
export function casesOf(operation: CorpusOperation, options: CaseOptions): readonly CorpusCase[] {
  const made = [
    ...EXTENTS.map((extent) => [extent, generateValues(operation, options, extent)] as const),
    ["example", exampleOf(operation, options)] as const,
  ];
  const valid = made.flatMap(([kind, values]) => {
    const request = values && writeRequest(operation, options, values);
    return values && request ? [{ kind, request, values }] : [];
  });
  const bases = valid.filter(({ kind }) => kind === "all" || kind === "required");
  const misses = bases.reverse().flatMap(({ values }) => missesOf(operation, options, values));
  return [
    ...distinct(valid.map(({ kind, request }) => ({ kind, request }))),
    ...firstOfEach(misses, options.mostMisses),
  ];
}

function distinct(cases: readonly CorpusCase[]): readonly CorpusCase[] {
  const textOf = ({ request: { target, body, headers } }: CorpusCase) =>
    `${target} ${body?.toString("latin1")} ${JSON.stringify(headers)}`;
  return [...new Map(cases.map((one) => [textOf(one), one])).values()];
}

/** One for each kind first, since most operations have more than are sent. */
function firstOfEach(cases: readonly CorpusCase[], most: number): readonly CorpusCase[] {
  const firsts = [...new Map([...cases].reverse().map((one) => [one.kind, one])).values()].reverse();
  return [...firsts, ...cases.filter((one) => !firsts.includes(one))].slice(0, most);
}

/** Each parameter, and the body, with one keyword broken. */
function missesOf(operation: CorpusOperation, options: CaseOptions, values: RequestValues): readonly CorpusCase[] {
  const { parameters, body } = values;
  const withParameters = [...parameters].flatMap(([parameter, value]) => [
    ...withoutParameter(operation, options, values, parameter),
    ...brokenParameter(parameter, value, options).flatMap(({ kind, broken, places }) => {
      const request = writeRequest(operation, options, {
        body,
        parameters: new Map([...parameters, [parameter, broken]]),
      });
      return request ? [{ kind, request, refusedAt: places }] : [];
    }),
  ]);
  // What follows a "#" in a path stands for a parameter that tells its operations apart.
  const orNotFound = operation.path.includes("#");
  return [...bodyMisses(operation, options, values), ...withParameters.map((one) => ({ ...one, orNotFound }))];
}

function pointerTo({ in: place, name }: JsonObject): string {
  return `#/${place}/${String(name)}`;
}

function withoutParameter(
  operation: CorpusOperation,
  options: CaseOptions,
  { parameters, body }: RequestValues,
  left: JsonObject,
): CorpusCase[] {
  if (left["required"] !== true || left["in"] === "path") return [];
  const others = new Map([...parameters].filter(([parameter]) => parameter !== left));
  const request = writeRequest(operation, options, { parameters: others, body });
  return request ? [{ kind: `${left["in"]} required`, request, refusedAt: [pointerTo(left)] }] : [];
}

function brokenParameter(parameter: JsonObject, value: unknown, { dialect, words }: CaseOptions) {
  return nearMissesOf(dialect, schemaIn(parameter), value)
    .filter(
      ({ value: broken, keyword }) =>
        isSendable(parameter, broken, { words }) && isStillBroken(dialect, parameter, keyword, broken),
    )
    .map(({ keyword, value: broken, violations }) => {
      // A list of one may be read as a value alone.
      const inner = violations.flatMap((one) => [pointerOf(one).slice(1), `${pointerOf(one).slice(1)}/0`]);
      // A parameter of the path may stand in its query.
      const roots = [pointerTo(parameter), pointerTo({ ...parameter, in: "query" })];
      const places = roots.flatMap((root) => ["", "/0", ...inner].map((path) => `${root}${path}`));
      return { kind: `${parameter["in"]} ${keyword}`, broken, places };
    });
}

/** A parameter is a text: a number where a text is wanted is a text too, and one value is a list of one. */
function isStillBroken(dialect: Dialect, parameter: JsonObject, keyword: string, broken: unknown): boolean {
  if (parameter["content"] !== undefined) return true;
  const readings = [oneText({ name: "x" }, broken), [broken], [oneText({ name: "x" }, broken)]];
  const isObjectForText = keyword === "type" && typeof broken === "object";
  return !isObjectForText && readings.every((reading) => !isValid(dialect, schemaIn(parameter), reading));
}

function bodyMisses(
  operation: CorpusOperation,
  options: CaseOptions,
  { parameters, body }: RequestValues,
): readonly CorpusCase[] {
  if (body === undefined) return [];
  const isLeftOut = operation.body?.isRequired === true;
  const without = isLeftOut ? writeRequest(operation, options, { parameters, body: undefined }) : undefined;
  const broken = nearMissesOf(options.dialect, body.schema, body.value).filter((miss) => isSaid(body, miss));
  return [
    ...(without ? [{ kind: "body required", request: without, refusedAt: ["#"] }] : []),
    ...broken.flatMap(({ keyword, value, violations }): CorpusCase[] => {
      const request = value !== undefined && writeRequest(operation, options, { parameters, body: { ...body, value } });
      return request ? [{ kind: `body ${keyword}`, request, refusedAt: violations.map(pointerOf) }] : [];
    }),
  ];
}

/** Can a body of this media type say it? In a form, each field is a text, and a list of one looks like its item. */
function isSaid({ type, isOpaque }: BodyValue, { keyword, violations }: NearMiss): boolean {
  if (isOpaque || isJsonType(type)) return !isOpaque;
  const isField = violations.every(({ path }) => path.length === 1);
  return (isFormType(type) || isMultipartType(type)) && isField && OF_FIELDS.includes(keyword);
}

const OF_FIELDS = ["required", "enum", "pattern", "maxLength", "minimum", "maximum"];

function pointerOf({ path }: Violation): string {
  return `#${path.map((step) => `/${String(step).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("")}`;
}
