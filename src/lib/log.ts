import { type DestinationStream, type Logger, pino } from "pino";

export type Log = Pick<Logger, "debug" | "info" | "warn" | "error">;

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
  const redacted: DestinationStream = {
    write: (line) => destination.write(line.replace(secrets, "[redacted]")),
  };
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, redacted);
}
