import { Readable } from "node:stream";
import type { ResponseCheck } from "../contract/judge/response-check.ts";
import type { UpstreamResponse } from "./stream-port.ts";

/** The largest response that is read in order to check it, in bytes. */
export const MAX_CHECKED_BYTES = 1_048_576;

type CheckedResponse =
  | {
      readonly kind: "checked";
      /** The response to send: a part of the original body may have been read. */
      readonly response: UpstreamResponse;
      /** How it does not match the contract. */
      readonly violations: readonly string[];
    }
  /** It broke off while it was read, before anything was sent to the client. */
  | { readonly kind: "broken"; readonly cause: unknown };

/** Checks a response against the contract before any of it is sent. Reads JSON completely, up to a size. */
export async function checkResponse(response: UpstreamResponse, check: ResponseCheck): Promise<CheckedResponse> {
  const types = headersOf(response, "content-type");
  if (types.length > 1) return checked(response, ["it has several Content-Types"]);
  const verdict = check(response.status, types[0]);
  if (verdict.kind === "violation") return checked(response, [verdict.violation]);
  if (verdict.kind === "fine") return checked(response);
  if (headersOf(response, "content-encoding").some((encoding) => encoding.toLowerCase() !== "identity"))
    return checked(response, ["it is encoded, although no encoding was requested"]);

  try {
    const { chunks, isComplete } = await readUpTo(response.body, verdict.kind === "empty" ? 0 : MAX_CHECKED_BYTES);
    const rejoined = { ...response, body: Readable.from(rejoin(chunks, response.body), { objectMode: false }) };
    if (verdict.kind === "empty") return checked(rejoined, isComplete ? [] : ["it has a body, but none is declared"]);
    if (!isComplete) return checked(rejoined, [`it is larger than ${MAX_CHECKED_BYTES} bytes`]);
    return checked(rejoined, verdict.check(Buffer.concat(chunks)));
  } catch (cause) {
    return { kind: "broken", cause };
  }
}

function checked(response: UpstreamResponse, violations: readonly string[] = []): CheckedResponse {
  return { kind: "checked", response, violations };
}

/** The value of each line. */
function headersOf({ headers }: UpstreamResponse, name: string): readonly string[] {
  return headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
}

async function readUpTo(body: Readable, maxBytes: number) {
  const source: AsyncIterable<Buffer> = body.iterator({ destroyOnReturn: false });
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of source) {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > maxBytes) return { chunks, isComplete: false };
  }
  return { chunks, isComplete: true };
}

async function* rejoin(chunks: readonly Buffer[], rest: Readable) {
  try {
    yield* chunks;
    yield* rest;
  } finally {
    rest.destroy();
  }
}
