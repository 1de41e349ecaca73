import type { InvalidPart } from "../../../problem/problem.ts";
import type { Pointer } from "../../document/finding.ts";
import { isRecord } from "../../document/json.ts";
import type { OpenApiDocument } from "../../document/openapi-document.ts";
import type { Operation } from "../../model/operations.ts";
import type { FoundOperation, Outline } from "../../model/outline.ts";
import { type DeclaredMedia, mediaAt } from "../bodies/content.ts";
import { type Discriminator, toDiscriminator } from "../bodies/discriminator.ts";
import type { InvalidRequest, JudgedBody } from "../judge.ts";
import { createAddDefaults } from "./defaults.ts";
import { pathTo, type Violation } from "./evaluation.ts";
import { createEvaluator, type Evaluation, type Evaluator } from "./evaluator.ts";
import { hasExactNumbers, mayLoseDigits, parseExactJson, withDoubles } from "./exact-json.ts";

export type BodyVerdict =
  /** With defaults, which are added in place. */
  { readonly kind: "valid"; readonly value: unknown } | InvalidRequest;

/** Judges JSON of requests, and values that were read from forms, exactly as JSON Schema 2020-12 says. */
export type BodyJudge = {
  /** Undefined for a body that is not declared. */
  readonly judgeBody: (operation: Operation, body: JudgedBody) => BodyVerdict | undefined;
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
      const [first, ...others] = schema.evaluation.violationsOf(exactValueOf(body)).map(toPart);
      if (first !== undefined) {
        const detail = `The request does not match the contract: ${first.detail}.`;
        return { kind: "invalid", detail, parts: [first, ...others] };
      }
      // In forms, texts are numbers as they were written.
      const value = body.bytes === undefined && hasExactNumbers(body.value) ? withDoubles(body.value) : body.value;
      addDefaults(schema.place, value);
      return { kind: "valid", value };
    },
  };
}

function exactValueOf({ value, bytes }: JudgedBody): unknown {
  return bytes !== undefined && mayLoseDigits(bytes) ? parseExactJson(Buffer.from(bytes).toString("utf8")) : value;
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
  const violationsOf = (value: unknown): readonly Violation[] => {
    // Only objects have the property that tells them apart (OpenAPI 3.1.1 §4.8.25).
    if (!isRecord(value)) return [{ place: undefined, message: "must be object" }];
    const option = value[property];
    const place = typeof option === "string" ? places.get(option) : undefined;
    if (place === undefined) {
      const message = `must be one of the allowed values: ${[...places.keys()].join(", ")}`;
      return [{ place: { outer: undefined, step: property }, message }];
    }
    return [...besides.violationsOf(value), ...evaluator.at(place).violationsOf(value)];
  };
  return { isValid: (value) => violationsOf(value).length === 0, violationsOf };
}

function toPart({ place, message }: Violation): InvalidPart {
  return { detail: printable(message, 500), pointer: printable(`#${pathTo(place)}`, 200) };
}

/** Names come from the caller and may contain anything. */
function printable(text: string, mostCharacters: number): string {
  return text.replaceAll(/[^ -~]/g, "?").slice(0, mostCharacters);
}
