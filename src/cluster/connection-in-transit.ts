import type { Worker } from "node:cluster";

/** What Node calls a connection that it hands over: it has `close`, which may be called more than once. */
type Handle = { readonly close?: () => void };

/**
 * Closes the connection that was on its way to `worker` when that one died. Node waits for the word of the worker that
 * it has taken the connection over, one at a time, and keeps the connection open for ever when the word never comes: its client
 * would wait for an answer until it gives up by itself. Node documents no event for this, so `send` is watched.
 */
export function closeConnectionInTransit(worker: Worker): void {
  const { process } = worker;
  const { send } = process;
  let latest: Handle | undefined;
  const watched = (...args: readonly unknown[]): unknown => {
    const [message, handle] = args as readonly [{ readonly act?: unknown }, Handle | undefined];
    if (message.act === "newconn") latest = handle;
    return Reflect.apply(send, process, args);
  };
  Object.assign(process, { send: watched });
  worker.once("exit", () => latest?.close?.());
}
