import { Readable } from "node:stream";
import type { ResponseCheck } from "../contract/judge/response-check.ts";
import type { Answered } from "./upstream-port.ts";

/** The largest answer that is read in order to check it, in bytes. */
export const MAX_CHECKED_BYTES = 1_048_576;

export type CheckedResponse =
  | {
      readonly kind: "examined";
      /** To be sent on: of `incoming.body` something may have been read. */
      readonly answer: Answered;
      /** What does not match the contract. */
      readonly violations: readonly string[];
    }
  /** It broke off while it was read, so that nothing of it has been sent on. */
  | { readonly kind: "broken"; readonly cause: unknown };

/** Holds an answer against the contract before any of it goes on. JSON is read whole, up to a size. */
export async function checkResponse(incoming: Answered, check: ResponseCheck): Promise<CheckedResponse> {
  const types = headersOf(incoming, "content-type");
  if (types.length > 1) return examined(incoming, ["it has several Content-Types"]);
  const verdict = check(incoming.status, types[0]);
  if (verdict.kind === "violation") return examined(incoming, [verdict.violation]);
  if (verdict.kind === "fine") return examined(incoming);
  if (headersOf(incoming, "content-encoding").some((encoding) => encoding.toLowerCase() !== "identity"))
    return examined(incoming, ["it is encoded, though that was not asked for"]);

  try {
    const { pieces, isWhole } = await readUpTo(incoming.body, verdict.kind === "empty" ? 0 : MAX_CHECKED_BYTES);
    const answer = { ...incoming, body: Readable.from(rejoin(pieces, incoming.body), { objectMode: false }) };
    if (verdict.kind === "empty") return examined(answer, isWhole ? [] : ["it has a body, and none is declared"]);
    if (!isWhole) return examined(answer, [`it is larger than ${MAX_CHECKED_BYTES} bytes`]);
    return examined(answer, verdict.check(Buffer.concat(pieces)));
  } catch (cause) {
    return { kind: "broken", cause };
  }
}

function examined(answer: Answered, violations: readonly string[] = []): CheckedResponse {
  return { kind: "examined", answer, violations };
}

/** The value of each line. */
function headersOf({ headers }: Answered, name: string): readonly string[] {
  return headers.filter(([one]) => one.toLowerCase() === name).map(([, value]) => value);
}

async function readUpTo(body: Readable, mostBytes: number) {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body.iterator({ destroyOnReturn: false })) {
    pieces.push(piece as Buffer);
    bytes += (piece as Buffer).length;
    if (bytes > mostBytes) return { pieces, isWhole: false };
  }
  return { pieces, isWhole: true };
}

async function* rejoin(pieces: readonly Buffer[], rest: Readable) {
  try {
    yield* pieces;
    yield* rest;
  } finally {
    rest.destroy();
  }
}
