import { SMALL_BODY_BYTES } from "../../../contract/model/bodies/operation-body.ts";
import type { BodyBudget, Release } from "../../message/body-budget.ts";
import { MINIMUM_BYTES_PER_SECOND } from "../../message/body-deadline.ts";
import { type Admitted, type Exchange, type RequestBody, recordOf } from "../../message/exchange.ts";
import { type BytesOutcome, readBytes } from "../../message/read-bytes.ts";
import { readPlainBody } from "../../message/read-plain-body.ts";
import { sendContinue } from "../../message/unread-body.ts";
import { type ProblemReply, problemReply, type Reply } from "../../reply/reply.ts";

/** The whole body, decoded; or the reply to a request whose body cannot be read. */
export type ReadOutcome = { readonly kind: "read"; readonly bytes: Buffer } | ProblemReply;

/** Reads a whole body, and keeps it within the limit of its operation and the memory for all bodies. */
export async function readBody(exchange: Admitted, maxBytes: number, budget: BodyBudget): Promise<ReadOutcome> {
  const record = recordOf(exchange);
  const length = contentLengthOf(record);
  const isWithin = length <= maxBytes;
  const isSmall = isPlain(record) && length <= SMALL_BODY_BYTES;
  const release =
    isSmall || !isWithin ? NOTHING_TAKEN : await reserve(record, isPlain(record) ? length : maxBytes, budget);
  if (release === undefined) return NO_MEMORY;
  const outcome =
    isPlain(record) && isWithin
      ? await readPlainBody(record.req)
      : await readBytes(record.req, maxBytes, () => sendContinue(record));
  if (outcome.kind !== "read") return unreadReply(outcome.kind, maxBytes);
  // One without a length has turned out to be small: others need the memory while this one is handled.
  if (outcome.bytes.length <= SMALL_BODY_BYTES) release();
  // All of the body is read, so none of it can be taken for the next request.
  record.mayLeaveUnreadBody = false;
  return outcome;
}

const NOTHING_TAKEN: Release = () => {};

/** Takes memory for a body, at most until the response is out. @returns undefined when none becomes free in time. */
export async function reserve(record: Exchange, bytes: number, budget: BodyBudget): Promise<Release | undefined> {
  const { admission, peer, res } = record;
  const release = await budget.reserve(bytes, admission?.key?.client.id ?? peer.network);
  if (release === undefined) return undefined;
  if (res.closed) release();
  else res.once("close", release);
  return release;
}

/** Whether the content has a coding, such as gzip. */
export function isEncoded({ req }: Exchange): boolean {
  return (req.headers["content-encoding"] ?? "identity").toLowerCase() !== "identity";
}

/** Whether the body has a length and no coding. */
export function isPlain({ head }: Exchange): boolean {
  return head !== undefined;
}

/** 0 for a body of unknown length. */
export function contentLengthOf({ head, req }: Exchange): number {
  return head?.contentLength ?? Number(req.headers["content-length"] ?? 0);
}

export const NO_MEMORY = problemReply({
  code: "unavailable",
  detail: "The service is handling too many large bodies right now; try again in a moment.",
});

export function unreadReply(kind: Exclude<BytesOutcome["kind"], "read">, maxBytes: number): ProblemReply {
  if (kind === "too-large") return tooLarge(maxBytes);
  return UNREAD[kind];
}

/** Names the setting, because the operator often is the one who sees the message first. */
export function tooLarge(maxBytes: number, what = "The body"): ProblemReply {
  const most = maxBytes.toLocaleString("en");
  return problemReply({
    code: "content-too-large",
    detail: `${what} is too large; send at most ${most} bytes. The operator can allow more with maxBodyBytes in x-latchkey, or LATCHKEY_MAX_BODY_BYTES.`,
  });
}

const UNREAD = {
  "encoding-unknown": problemReply(
    {
      code: "media-type-unsupported",
      detail: "The Content-Encoding of the body is not supported; use gzip, deflate or br, or none.",
    },
    // RFC 9110 §12.5.3: the response to an unsupported encoding names those that are supported.
    { headers: { "Accept-Encoding": "gzip, deflate, br" } },
  ),
  late: problemReply({
    code: "request-timeout",
    detail: `The body came too slowly; send it within 5 seconds, and a large one at ${MINIMUM_BYTES_PER_SECOND.toLocaleString("en")} bytes a second or more.`,
  }),
  broken: problemReply({
    code: "body-malformed",
    detail: "The body ended early, or does not match its Content-Encoding; check what your client sends.",
  }),
} as const satisfies Record<Exclude<BytesOutcome["kind"], "read" | "too-large">, ProblemReply>;

/** @param detail for the caller. */
export function malformed(detail: string): ProblemReply {
  return problemReply({ code: "body-malformed", detail });
}

/** A body whose content cannot be parsed. Where that is only reported, its bytes are passed on nevertheless. */
export function refuseBody(
  exchange: Admitted,
  body: Omit<Extract<RequestBody, { readonly kind: "read" }>, "value">,
  refusal: Reply,
): Reply {
  keepBody(exchange, { ...body, value: undefined });
  return refusal;
}

/** Keeps what was read for the next stages. */
export function keepBody(exchange: Admitted, body: Extract<RequestBody, { readonly kind: "read" }>): undefined {
  recordOf(exchange).body = body;
}
