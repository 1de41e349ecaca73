import type { IncomingMessage } from "node:http";
import { createBodyDeadline } from "./body-deadline.ts";
import type { BytesOutcome } from "./read-bytes.ts";

/** Reads a body that is not encoded, and whose Content-Length is within the limit. Never rejects. */
export function readPlainBody(req: IncomingMessage): Promise<BytesOutcome> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const deadline = createBodyDeadline(() => end({ kind: "late" }));
    const end = (outcome: BytesOutcome) => {
      deadline.stop();
      resolve(outcome);
    };
    req.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      deadline.received(chunk.length);
    });
    req.on("end", () => end({ kind: "read", bytes: join(chunks) }));
    // The client disconnected early. An error event without a listener would end the process.
    req.on("error", () => end({ kind: "broken" }));
    req.on("close", () => end({ kind: "broken" }));
  });
}

function join(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}
