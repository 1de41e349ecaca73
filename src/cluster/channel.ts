import { createBatcher } from "../lib/async/batcher.ts";

/** One end of a connection between two processes. */
export type Wire = {
  readonly send: (message: object) => void;
  readonly listen: (onMessage: (message: unknown) => void) => void;
};

/** The calls that one process handles for the other, by name. Values and results travel as JSON. */
export type Calls = Readonly<Record<string, (value: never) => unknown>>;

type ValueOf<Call> = Call extends (value: infer Value) => unknown ? Value : never;
type ResultOf<Call> = Call extends (value: never) => infer Result ? Awaited<Result> : never;

export type Channel<Remote extends Calls> = {
  /** @throws Error when the other process failed to handle the call, or is gone. */
  readonly call: <Name extends keyof Remote & string>(
    name: Name,
    value: ValueOf<Remote[Name]>,
  ) => Promise<ResultOf<Remote[Name]>>;
  /** Fails all calls without a result, and all later ones. */
  readonly close: () => void;
};

/** `T` is unknown where a message is written, and never where it is read: only caller and handler know the type. */
type Call<T> = { readonly id: number; readonly name: string; readonly value: T };
type Reply<T> = { readonly callId: number; readonly result: T } | { readonly callId: number; readonly failure: string };
type Message<T> = Call<T> | Reply<T>;

/**
 * Lets two processes call each other. All messages of one turn of the event loop are sent as one, because each costs a
 * system call on both sides.
 * @param handlers of the calls of the other process.
 */
export function createChannel<Remote extends Calls>(wire: Wire, handlers: Calls): Channel<Remote> {
  const pending = createPendingCalls();
  let isClosed = false;
  const { add: post } = createBatcher<Message<unknown>>((messages) => {
    if (!isClosed) wire.send({ messages });
  });
  wire.listen((batch) => {
    for (const message of messagesOf(batch)) {
      if ("id" in message) handle(handlers, message, post);
      else pending.settle(message);
    }
  });
  return {
    call: (name, value) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error(GONE));
        post({ id: pending.add({ resolve, reject }), name, value });
      }),
    close: () => {
      isClosed = true;
      pending.failAll(GONE);
    },
  };
}

const GONE = "The other process is gone.";

/** Runs the handler of a call, and posts its result or the message of its failure. */
function handle(handlers: Calls, call: Call<never>, post: (reply: Reply<unknown>) => void) {
  const callId = call.id;
  run(handlers, call).then(
    (result) => post({ callId, result }),
    (cause: unknown) => post({ callId, failure: cause instanceof Error ? cause.message : String(cause) }),
  );
}

async function run(handlers: Calls, { name, value }: Call<never>): Promise<unknown> {
  const handler = Object.hasOwn(handlers, name) ? handlers[name] : undefined;
  if (handler === undefined) throw new Error(`There is no handler for ${name}.`);
  return handler(value);
}

type Pending = { readonly resolve: (result: never) => void; readonly reject: (cause: Error) => void };

/** The calls that wait for their replies. */
function createPendingCalls() {
  const calls = new Map<number, Pending>();
  let lastId = 0;
  return {
    /** @returns the id of the call. */
    add: (call: Pending): number => {
      calls.set(++lastId, call);
      return lastId;
    },
    settle: (reply: Reply<never>) => {
      const call = calls.get(reply.callId);
      calls.delete(reply.callId);
      if ("failure" in reply) call?.reject(new Error(reply.failure));
      else call?.resolve(reply.result);
    },
    failAll: (message: string) => {
      for (const { reject } of calls.values()) reject(new Error(message));
      calls.clear();
    },
  };
}

/** None for messages of other libraries, which use the same connection. */
function messagesOf(batch: unknown): readonly Message<never>[] {
  return isBatch(batch) ? batch.messages : [];
}

function isBatch(batch: unknown): batch is { readonly messages: readonly Message<never>[] } {
  return typeof batch === "object" && batch !== null && "messages" in batch && Array.isArray(batch.messages);
}
