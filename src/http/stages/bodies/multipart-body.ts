import { Readable } from "node:stream";
import type { MediaType } from "../../../contract/model/bodies/media-types.ts";
import { SMALL_BODY_BYTES } from "../../../contract/model/bodies/operation-body.ts";
import { yieldToEventLoop } from "../../../lib/async/yield-to-event-loop.ts";
import { isBoundary } from "../../../lib/multipart/multipart-parser.ts";
import { createBodyDeadline } from "../../message/body-deadline.ts";
import { type Admitted, recordOf } from "../../message/exchange.ts";
import { sendContinue } from "../../message/unread-body.ts";
import type { Reply } from "../../reply/reply.ts";
import type { BodyReader, BodyReaderDeps, DeclaredBody } from "./body-reader.ts";
import type { StreamedForm } from "./form-gate.ts";
import { judgedChunks, uncheckedChunks } from "./judged-chunks.ts";
import { MultipartForm } from "./multipart-form.ts";
import {
  contentLengthOf,
  isEncoded,
  isPlain,
  keepBody,
  malformed,
  NO_MEMORY,
  readBody,
  refuseBody,
  reserve,
  unreadReply,
} from "./read-body.ts";
import { passThroughGate } from "./readable-again.ts";

/**
 * Reads a form of multipart/form-data. One within the limit is read and judged as a whole. A larger one is passed on while
 * it arrives, and its end only once all of it is valid.
 */
export const readMultipart: BodyReader = async (exchange, declared, deps) => {
  const { media, type, maxBytes } = declared;
  const boundary = type.parameters.get("boundary") ?? "";
  const isClear = isBoundary(boundary) && isOnlyBoundary(type, exchange.req.headers["content-type"]);
  if (!isClear) return malformed("The Content-Type of the form has no valid boundary; send one.");
  const form = new MultipartForm(deps.formReaders(exchange.operation.id, media.name), boundary, maxBytes);
  const record = recordOf(exchange);
  const isSmall = isPlain(record) && contentLengthOf(record) <= maxBytes;
  // An encoded form is not passed on while it arrives: it would have to be decoded for that.
  return isSmall || isEncoded(record)
    ? readWhole(exchange, declared, deps, form)
    : readFirst(exchange, declared, deps, form);
};

/** Some programs search the header for the word, wherever it stands, and some leave the escapes in its value. */
function isOnlyBoundary({ parameters }: MediaType, written = ""): boolean {
  const others = [...parameters].filter(([name]) => name !== "boundary").flat();
  return !written.includes("\\") && !others.some((text) => text.toLowerCase().includes("boundary"));
}

/** A millisecond of work. */
const BYTES_PER_SLICE = 1_048_576;

async function readWhole(
  exchange: Admitted,
  { media, maxBytes }: DeclaredBody,
  { budget }: BodyReaderDeps,
  form: MultipartForm,
): Promise<Reply | undefined> {
  const outcome = await readBody(exchange, maxBytes, budget);
  if (outcome.kind !== "read") return outcome;
  const { bytes } = outcome;
  for (let at = 0; at < bytes.length; at += BYTES_PER_SLICE) {
    const refusal = form.push(bytes.subarray(at, at + BYTES_PER_SLICE));
    if (refusal !== undefined) return refuseBody(exchange, toBody(media.name, bytes), refusal);
    if (at + BYTES_PER_SLICE < bytes.length) await yieldToEventLoop();
  }
  return keepForm(exchange, media.name, bytes, form);
}

async function keepForm(
  exchange: Admitted,
  mediaType: string,
  bytes: Buffer,
  form: MultipartForm,
): Promise<Reply | undefined> {
  const verdict = await form.end();
  const body = toBody(mediaType, bytes);
  return verdict.kind === "refused"
    ? refuseBody(exchange, body, verdict.reply)
    : keepBody(exchange, { ...body, value: verdict.value });
}

function toBody(mediaType: string, bytes: Buffer) {
  return { kind: "read", bytes, mediaType, reading: "multipart" } as const;
}

/** Reads the beginning of a form that may be large, and all of it if it is not. */
async function readFirst(
  exchange: Admitted,
  declared: DeclaredBody,
  deps: BodyReaderDeps,
  form: MultipartForm,
): Promise<Reply | undefined> {
  const { media, maxBytes } = declared;
  const record = recordOf(exchange);
  // A form that is too large in any case need not be kept longer than it takes to see its first fields.
  const keptBytes = contentLengthOf(record) > maxBytes ? SMALL_BODY_BYTES : maxBytes;
  const release = await reserve(record, keptBytes, deps.budget);
  if (release === undefined) return NO_MEMORY;
  sendContinue(record);
  const chunks: AsyncIterator<Buffer> = record.req.iterator({ destroyOnReturn: false });
  const outcome = await readUpTo(keptBytes, chunks, form);
  if (outcome.kind === "unread") return unreadReply(outcome.why, maxBytes);
  const first = Buffer.concat(outcome.first);
  if (outcome.kind === "whole") {
    if (first.length <= SMALL_BODY_BYTES) release();
    record.mayLeaveUnreadBody = false;
    return keepForm(exchange, media.name, first, form);
  }
  // Most forms have their fields first: what is wrong with these is better found before the upstream is asked.
  const refusal = outcome.kind === "refused" ? outcome.reply : await form.check();
  const refused = refusal && deps.tolerate(exchange, refusal);
  if (refused !== undefined) return refused;
  const streamed = { exchange, declared, deps, form, first };
  if (record.passToHostApp !== undefined) return passOnInHostApp(streamed, chunks);
  const source = refusal === undefined ? judgedChunks(streamed, chunks) : uncheckedChunks(first, chunks);
  record.body = { kind: "streamed", source: Readable.from(source, { objectMode: false }) };
  return undefined;
}

/** The host app reads the request itself, so the rest of the form has to pass through it. */
async function passOnInHostApp(streamed: StreamedForm, chunks: AsyncIterator<Buffer>): Promise<Reply | undefined> {
  const { exchange, declared, deps, form, first } = streamed;
  const record = recordOf(exchange);
  // The texts of its fields.
  if (!(await reserve(record, declared.maxBytes, deps.budget))) return NO_MEMORY;
  await chunks.return?.();
  // From here on nothing waits: no chunk may slip through.
  const rest: Buffer | null = record.req.read();
  const all = rest === null ? first : Buffer.concat([first, rest]);
  const refusal = rest === null ? undefined : form.push(rest);
  if (refusal !== undefined) return refusal;
  if (record.req.complete) return keepForm(exchange, declared.media.name, all, form);
  passThroughGate(record.req, { ...streamed, first: all });
  record.body = { kind: "streamed", source: record.req };
  return undefined;
}

type First =
  | { readonly kind: "unread"; readonly why: "late" | "broken" }
  | { readonly kind: "whole" | "begun"; readonly first: readonly Buffer[] }
  | { readonly kind: "refused"; readonly first: readonly Buffer[]; readonly reply: Reply };

/** Reads a form until it ends, is refused, or `maxBytes` have come. */
async function readUpTo(maxBytes: number, chunks: AsyncIterator<Buffer>, form: MultipartForm): Promise<First> {
  const late = Promise.withResolvers<"late">();
  const deadline = createBodyDeadline(() => late.resolve("late"));
  const first: Buffer[] = [];
  try {
    for (let bytes = 0; bytes <= maxBytes; ) {
      const next = await Promise.race([chunks.next(), late.promise]);
      if (next === "late") return { kind: "unread", why: "late" };
      if (next.done) return { kind: "whole", first };
      bytes += next.value.length;
      deadline.received(next.value.length);
      first.push(next.value);
      const reply = form.push(next.value);
      if (reply !== undefined) return { kind: "refused", first, reply };
    }
    return { kind: "begun", first };
  } catch {
    return { kind: "unread", why: "broken" };
  } finally {
    deadline.stop();
  }
}
