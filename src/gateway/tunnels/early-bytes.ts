import type { Duplex } from "node:stream";

/** What a client may send before it has a response: nothing it needs an answer to. */
const MOST_BYTES = 65_536;

/** Reads a connection whose request has no response yet, so that the end of its client is noticed. */
export function keepEarlyBytes(socket: Duplex, first: Buffer) {
  const chunks = [first];
  let bytes = first.length;
  const keep = (chunk: Buffer) => {
    chunks.push(chunk);
    bytes += chunk.length;
    if (bytes > MOST_BYTES) socket.pause();
  };
  const leave = () => socket.destroy();
  socket.on("data", keep).once("end", leave);
  return {
    /** Hands over what has arrived, and stops reading. */
    take: (): Buffer => {
      socket.pause().off("data", keep).off("end", leave);
      return Buffer.concat(chunks);
    },
  };
}
