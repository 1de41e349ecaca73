import type { IncomingMessage } from "node:http";
import { BODY_TIMEOUT_MS, type BytesOutcome } from "../http/message/read-bytes.ts";

/** Reads a body whose length is known and not too large, and which is not encoded. */
export function readWhole(req: IncomingMessage): Promise<BytesOutcome> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const timer = setTimeout(() => end({ kind: "late" }), BODY_TIMEOUT_MS).unref();
    const end = (outcome: BytesOutcome) => {
      clearTimeout(timer);
      resolve(outcome);
    };
    req.on("data", (piece: Buffer) => pieces.push(piece));
    req.on("end", () =>
      end({ kind: "read", bytes: pieces.length === 1 ? (pieces[0] as Buffer) : Buffer.concat(pieces) }),
    );
    // Whoever is gone before its end; an error that nobody listens to would end the process.
    req.on("error", () => end({ kind: "broken" }));
    req.on("close", () => end({ kind: "broken" }));
  });
}
