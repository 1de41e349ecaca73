import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import type { Child } from "./child.ts";

/** A program that makes calls with a generated client, and reports their results. */
export type Driver = (ask: Readonly<Record<string, unknown>>) => Promise<Readonly<Record<string, unknown>>>;

/** Talks to a driver: one line of JSON for each call, one line of JSON for its result. */
export function startDriver({ process: { stdin, stdout }, ended }: Child): Driver {
  const lines = createInterface({ input: stdout as Readable })[Symbol.asyncIterator]();
  return async (ask) => {
    stdin?.write(`${JSON.stringify(ask)}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error(`The driver ended at ${JSON.stringify(ask)}:\n${(await ended).err}`);
    return JSON.parse(value);
  };
}
