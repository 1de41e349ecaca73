import type { Worker } from "node:cluster";

/** Node's internal handle of a connection. `close` may be called more than once. */
type Handle = { readonly close?: () => void };

/**
 * Closes the connection that was on its way to `worker` when the worker died. Node hands over one connection at a time
 * and waits until the worker confirms it; without that confirmation it keeps the connection open forever, and the client
 * waits for a response until it gives up. Node documents no event for this, so `send` is wrapped.
 */
export function closeConnectionInTransit(worker: Worker): void {
  const { process } = worker;
  const { send } = process;
  let latest: Handle | undefined;
  const watched = (...args: readonly unknown[]): unknown => {
    // Node sends `{ act: "newconn" }` with the handle as the second argument.
    const [message, handle] = args as readonly [{ readonly act?: unknown }, Handle | undefined];
    if (message.act === "newconn") latest = handle;
    return Reflect.apply(send, process, args);
  };
  Object.assign(process, { send: watched });
  worker.once("exit", () => latest?.close?.());
}
