import type { FormOutcome } from "../../../contract/judge/bodies/form/form-field.ts";
import { isUtf8 } from "../../../contract/model/bodies/media-types.ts";
import { type FormPair, parseFormFields } from "../../../lib/http/form-fields.ts";
import { problemReply, type Reply } from "../../reply/reply.ts";
import type { BodyReader } from "./body-reader.ts";
import { keepBody, malformed, readBody, refuseBody } from "./read-body.ts";

/** Reads a form of application/x-www-form-urlencoded. */
export const readForm: BodyReader = async (exchange, { media, type, maxBytes }, { budget, formReaders }) => {
  const outcome = await readBody(exchange, maxBytes, budget);
  if (outcome.kind !== "read") return outcome;
  const { bytes } = outcome;
  const body = { kind: "read", bytes, mediaType: media.name, reading: "form" } as const;
  const form = parseFormFields(bytes);
  if (form.kind === "refused") return refuseBody(exchange, body, unreadableForm(form.why));
  if (!isUtf8(type.parameters.get("charset") ?? "utf-8") && !form.pairs.every(isAscii))
    return refuseBody(exchange, body, unreadableForm("a field is not in UTF-8"));
  const read = await formReaders(exchange.operation.id, media.name).read(form.pairs);
  if (read.kind === "invalid") return refuseBody(exchange, body, invalidForm(read));
  return keepBody(exchange, { ...body, value: read.value });
};

/** Reads a text, such as text/plain, whose schema is that of a text or a scalar. */
export const readTextBody: BodyReader = async (exchange, { media, maxBytes }, { budget, formReaders }) => {
  const outcome = await readBody(exchange, maxBytes, budget);
  if (outcome.kind !== "read") return outcome;
  const { bytes } = outcome;
  const body = { kind: "read", bytes, mediaType: media.name, reading: "text" } as const;
  const text = decode(bytes);
  if (text === undefined)
    return refuseBody(exchange, body, malformed("The body is not valid UTF-8; send it in UTF-8."));
  const read = await formReaders(exchange.operation.id, media.name).readWhole(text);
  if (read.kind === "invalid") return refuseBody(exchange, body, invalidForm(read));
  return keepBody(exchange, { ...body, value: read.value });
};

function isAscii({ name, text }: FormPair): boolean {
  return !NOT_ASCII.test(name) && !NOT_ASCII.test(text);
}

const NOT_ASCII = /[^\0-\x7f]/;

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Buffer): string | undefined {
  try {
    return UTF8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** @param why for the sender. */
export function unreadableForm(why: string): Reply {
  return malformed(`The form cannot be read: ${why}.`);
}

/** The refusal of a form, as the judges write theirs. */
export function invalidForm({ part }: Extract<FormOutcome, { readonly kind: "invalid" }>): Reply {
  const detail = `The request does not match the contract: ${part.detail}.`;
  return problemReply({ code: "request-invalid", detail, errors: [part] }, { check: "validate" });
}
