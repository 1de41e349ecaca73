import { SMALL_BODY_BYTES } from "../../../contract/model/bodies/operation-body.ts";
import { parseLargeJson } from "../../../lib/json/large-json.ts";
import { type JsonViolation, MAX_DEPTH, parseStrictJson } from "../../../lib/json/strict-json.ts";
import type { BodyReader } from "./body-reader.ts";
import { keepBody, malformed, readBody, refuseBody } from "./read-body.ts";

/** Reads and parses a body in JSON. */
export const readJson: BodyReader = async (exchange, { media, maxBytes }, { budget, isBuiltIn }) => {
  const outcome = await readBody(exchange, maxBytes, budget);
  if (outcome.kind !== "read") return outcome;
  const { bytes } = outcome;
  const characters = isBuiltIn(exchange.operation.id) ? "everywhere" : "in-names";
  const json =
    bytes.length > SMALL_BODY_BYTES ? await parseLargeJson(bytes, { characters }) : parseStrictJson(bytes, characters);
  const body = { kind: "read", bytes, mediaType: media.name, reading: "json" } as const;
  if (json.kind === "parsed") return keepBody(exchange, { ...body, value: json.value });
  return refuseBody(exchange, body, malformed(JSON_DETAILS[json.violation]));
};

const JSON_DETAILS: Readonly<Record<JsonViolation, string>> = {
  encoding: "The body is not valid UTF-8; send it in UTF-8, without a byte order mark.",
  syntax: "The body is not valid JSON; check the text that your client sends.",
  "duplicate-name": "An object in the body has the same name twice; send each name once.",
  "name-characters": "A name in the body contains U+0000 or half of a surrogate pair; remove it.",
  characters: "A string in the body contains U+0000 or half of a surrogate pair; remove it.",
  depth: `The body is nested too deeply; use at most ${MAX_DEPTH} levels of objects and arrays.`,
};
