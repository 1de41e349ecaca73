import { type DestinationStream, type Logger, pino } from "pino";
import { toPrintable } from "./printable.ts";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "isLevelEnabled">;

export type LogOptions = {
  readonly level: string;
  /** Text that must never be written, in whatever field; a global expression. */
  readonly secrets: RegExp;
  /** A quick check: false if a line certainly contains no secret. */
  readonly mayContainSecrets?: (line: string) => boolean;
  readonly destination: DestinationStream;
};

/**
 * Logs one JSON line per event. Everything that matches `secrets` is redacted in the finished line, because error
 * messages quote their input and no list of field names is ever complete.
 */
export function createLog({ level, secrets, mayContainSecrets = () => true, destination }: LogOptions): Log {
  // Escapes match first, as a whole: the n of \n is not part of a key, and without it the line would not be JSON.
  const found = new RegExp(`\\\\(?:u[0-9a-f]{4}|.)|${secrets.source}`, secrets.flags);
  const redact = (line: string) => line.replace(found, (match) => (match.startsWith("\\") ? match : "[redacted]"));
  const redacted: DestinationStream = {
    write: (line) => destination.write(toPrintable(mayContainSecrets(line) ? redact(line) : line)),
  };
  return pino({ level, base: null, timestamp: createTimestamp() }, redacted);
}

/** Formats the time once per millisecond: formatting takes longer than the rest of a line. */
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
