import { type DestinationStream, type Logger, pino } from "pino";
import { toPrintable } from "./printable.ts";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "isLevelEnabled">;

export type LogOptions = {
  readonly level: string;
  /** What must never be written, whatever field it hides in; a global expression. */
  readonly secrets: RegExp;
  /** Says quickly that a line holds none of them. */
  readonly mayHoldSecrets?: (line: string) => boolean;
  readonly destination: DestinationStream;
};

/**
 * One JSON line per event. Everything that matches `secrets` is blacked out in the finished line, because
 * error messages quote their input and no list of field names is ever complete.
 */
export function createLog({ level, secrets, mayHoldSecrets = () => true, destination }: LogOptions): Log {
  // Escapes are stepped over whole: the n of \n is no part of a key, and the line would be no JSON without it.
  const found = new RegExp(`\\\\(?:u[0-9a-f]{4}|.)|${secrets.source}`, secrets.flags);
  const redact = (line: string) => line.replace(found, (match) => (match.startsWith("\\") ? match : "[redacted]"));
  const redacted: DestinationStream = {
    write: (line) => destination.write(toPrintable(mayHoldSecrets(line) ? redact(line) : line)),
  };
  return pino({ level, base: null, timestamp: createTimestamp() }, redacted);
}

/** Lines of the same millisecond have the same time, which takes longer to write than the rest of a line. */
function createTimestamp(): () => string {
  let [at, text] = [Number.NaN, ""];
  return () => {
    const now = Date.now();
    if (now !== at) {
      at = now;
      text = `,"time":"${new Date(now).toISOString()}"`;
    }
    return text;
  };
}
