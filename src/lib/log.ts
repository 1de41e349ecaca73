import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error" | "isLevelEnabled">;

export type LogOptions = {
  readonly level: string;
  /** What must never be written, whatever field it hides in; a global expression. */
  readonly secrets: RegExp;
  readonly destination: DestinationStream;
};

/**
 * One JSON line per event. Everything that matches `secrets` is blacked out in the finished line, because
 * error messages quote their input and no list of field names is ever complete.
 */
export function createLog({ level, secrets, destination }: LogOptions): Log {
  // Escapes are stepped over whole: the n of \n is no part of a key, and the line would be no JSON without it.
  const found = new RegExp(`\\\\(?:u[0-9a-f]{4}|.)|${secrets.source}`, secrets.flags);
  const redacted: DestinationStream = {
    write: (line) => destination.write(line.replace(found, (match) => (match.startsWith("\\") ? match : "[redacted]"))),
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, redacted);
}
