import { type BodyMedia, SMALL_BODY_BYTES } from "../../../contract/model/bodies/operation-body.ts";
import { parseLargeJson } from "../../../lib/json/large-json.ts";
import { type JsonViolation, parseStrictJson } from "../../../lib/json/strict-json.ts";
import type { BodyBudget } from "../../message/body-budget.ts";
import type { Exchange } from "../../message/exchange.ts";
import type { Reply } from "../../reply/reply.ts";
import { keepBody, malformed, readBody } from "./read-body.ts";

/** Reads and parses a body in JSON. */
export async function readJson(
  record: Exchange,
  { name }: BodyMedia,
  maxBytes: number,
  budget: BodyBudget,
): Promise<Reply | undefined> {
  const outcome = await readBody(record, maxBytes, budget);
  if (outcome.kind !== "read") return outcome;
  const { bytes } = outcome;
  const json = bytes.length > SMALL_BODY_BYTES ? await parseLargeJson(bytes) : parseStrictJson(bytes);
  // Where invalid requests are reported, the bytes are passed on nevertheless.
  if (json.kind === "refused")
    return keepBody(record, bytes, name, undefined) ?? malformed(JSON_DETAILS[json.violation]);
  return keepBody(record, bytes, name, json.value);
}

const JSON_DETAILS: Readonly<Record<JsonViolation, string>> = {
  encoding: "The body is not valid UTF-8; send it in UTF-8, without a byte order mark.",
  syntax: "The body is not valid JSON; check the text that your client sends.",
  "duplicate-name": "An object in the body has the same name twice; send each name once.",
  characters: "A string in the body contains U+0000 or half of a surrogate pair; remove it.",
  depth: "The body is nested too deeply; use at most 32 levels of objects and arrays.",
};
