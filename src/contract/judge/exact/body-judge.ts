import { parseLargeJson } from "../../../lib/json/large-json.ts";
import type { InvalidPart } from "../../../problem/problem.ts";
import type { Pointer } from "../../document/finding.ts";
import { isRecord } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import { SMALL_BODY_BYTES } from "../../model/bodies/operation-body.ts";
import type { Operation } from "../../model/operations.ts";
import type { FoundOperation, Outline } from "../../model/outline.ts";
import { type DeclaredMedia, mediaAt } from "../bodies/content.ts";
import { type Discriminator, toDiscriminator } from "../bodies/discriminator.ts";
import type { InvalidRequest, JudgedBody } from "../judge.ts";
import { createAddDefaults } from "./defaults.ts";
import { pathTo, type Violation } from "./evaluation.ts";
import { createEvaluator, type Evaluation, type Evaluator } from "./evaluator.ts";
import { exactNumber, hasExactNumbers, mayLoseDigits, parseExactJson, withDoubles } from "./numbers/exact-json.ts";

export type BodyVerdict =
  /** With defaults, which are added in place. */
  { readonly kind: "valid"; readonly value: unknown } | InvalidRequest;

/** Judges JSON of requests, and values that were read from forms, exactly as JSON Schema 2020-12 says. */
export type BodyJudge = {
  /** Undefined for a body that is not declared; a promise for a large one, which is judged in slices. */
  readonly judgeBody: (operation: Operation, body: JudgedBody) => BodyVerdict | Promise<BodyVerdict> | undefined;
};

/** The part of a contract that is judged here. */
export type JudgedOutline = { readonly outline: Outline };

/** Compiles the schema of a body for the first one. */
export function createBodyJudge({ outline }: JudgedOutline): BodyJudge {
  const { document } = outline;
  const evaluator = createEvaluator(document, "readOnly");
  const addDefaults = createAddDefaults(document, evaluator);
  const find = createFindSchema(outline, evaluator);
  return {
    judgeBody: (operation, body) => {
      const schema = find(operation, body.mediaType);
      if (schema === undefined) return undefined;
      const { place, evaluation } = schema;
      const violations = whenKnown(exactValueOf(body), evaluation.violationsInSlices);
      return whenKnown(violations, ([first, ...others]) => {
        if (first !== undefined) return toInvalid([toPart(first), ...others.map(toPart)]);
        // In forms, texts are numbers as they were written.
        const value = body.bytes === undefined && hasExactNumbers(body.value) ? withDoubles(body.value) : body.value;
        addDefaults(place, value);
        return { kind: "valid", value };
      });
    },
  };
}

function toInvalid(parts: InvalidRequest["parts"]): InvalidRequest {
  return { kind: "invalid", detail: `The request does not match the contract: ${parts[0].detail}.`, parts };
}

/** Goes on at once where nothing has to wait: nearly all bodies are small. */
function whenKnown<T, U>(value: T | Promise<T>, then: (value: T) => U | Promise<U>): U | Promise<U> {
  return value instanceof Promise ? value.then(then) : then(value);
}

function exactValueOf({ value, bytes }: JudgedBody): unknown {
  if (bytes === undefined || !mayLoseDigits(bytes)) return value;
  if (bytes.length <= SMALL_BODY_BYTES) return parseExactJson(Buffer.from(bytes).toString("utf8"));
  return parseLargeExactJson(bytes);
}

/** The text was parsed before, so it is JSON. */
async function parseLargeExactJson(bytes: Uint8Array): Promise<unknown> {
  const toNumber = (text: string) => exactNumber(text, Number(text));
  const outcome = await parseLargeJson(bytes, { characters: "in-names", toNumber });
  if (outcome.kind === "parsed") return outcome.value;
  throw new Error("A body that was JSON before must be JSON.");
}

type FoundSchema = { readonly place: Pointer; readonly evaluation: Evaluation };

/** Finds the schema of a body; undefined for one that is not declared. Each is compiled once. */
function createFindSchema({ document, operations }: Outline, evaluator: Evaluator) {
  const byId = new Map(operations.map((one) => [one.id, one]));
  const found = new Map<string, FoundSchema | undefined>();
  return ({ id }: Operation, mediaType: string): FoundSchema | undefined => {
    const name = `${id} ${mediaType}`;
    if (!found.has(name)) {
      const media = mediaOf(document, byId.get(id), mediaType);
      found.set(name, media && { place: media.schemaPlace, evaluation: toEvaluation(document, evaluator, media) });
    }
    return found.get(name);
  };
}

function mediaOf(document: OpenApiDocument, found: FoundOperation | undefined, mediaType: string) {
  if (found === undefined) return undefined;
  const [place, body] = document.follow([...found.pointer, "requestBody"], found.operation["requestBody"]);
  return body && mediaAt(place, body, mediaType);
}

/** A discriminator selects the one alternative that has to match, so that a refusal names what is wrong with it. */
function toEvaluation(document: OpenApiDocument, evaluator: Evaluator, { media, schemaPlace }: DeclaredMedia) {
  if (media["schema"] === undefined) return evaluator.of(true);
  const discriminator = toDiscriminator(document, media["schema"]);
  return discriminator === undefined ? evaluator.at(schemaPlace) : ofAlternatives(evaluator, discriminator);
}

function ofAlternatives(evaluator: Evaluator, { property, places, common }: Discriminator): Evaluation {
  const besides = evaluator.of(common);
  const select = (value: unknown): Selected => {
    // Only objects have the property that tells them apart (OpenAPI 3.1.1 §4.8.25).
    if (!isRecord(value)) return { kind: "none", violation: { place: undefined, message: "must be object" } };
    const option = value[property];
    const place = typeof option === "string" ? places.get(option) : undefined;
    if (place !== undefined) return { kind: "one", evaluation: evaluator.at(place) };
    const message = `must be one of the allowed values: ${[...places.keys()].join(", ")}`;
    return { kind: "none", violation: { place: { outer: undefined, step: property }, message } };
  };
  const violationsOf = (value: unknown): readonly Violation[] => {
    const selected = select(value);
    if (selected.kind === "none") return [selected.violation];
    return [...besides.violationsOf(value), ...selected.evaluation.violationsOf(value)];
  };
  return {
    isValid: (value) => violationsOf(value).length === 0,
    violationsOf,
    violationsInSlices: (value, options) => {
      const selected = select(value);
      if (selected.kind === "none") return [selected.violation];
      return whenKnown(besides.violationsInSlices(value, options), (own) =>
        whenKnown(selected.evaluation.violationsInSlices(value, options), (others) => [...own, ...others]),
      );
    },
  };
}

type Selected =
  | { readonly kind: "one"; readonly evaluation: Evaluation }
  | { readonly kind: "none"; readonly violation: Violation };

function toPart({ place, message }: Violation): InvalidPart {
  return { detail: printable(message, 500), pointer: printable(`#${pathTo(place)}`, 200) };
}

/** Names come from the caller and may contain anything. */
function printable(text: string, mostCharacters: number): string {
  return text.replaceAll(/[^ -~]/g, "?").slice(0, mostCharacters);
}
