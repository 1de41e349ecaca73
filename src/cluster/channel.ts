import { createBatcher } from "../lib/async/batcher.ts";

/** One end of a connection between two processes. */
export type Wire = {
  readonly send: (message: object) => void;
  readonly listen: (hear: (message: unknown) => void) => void;
};

/** What one side may ask of the other, by name; what is sent and what comes back is JSON. */
export type Calls = Readonly<Record<string, (value: never) => unknown>>;

type ValueOf<Call> = Call extends (value: infer Value) => unknown ? Value : never;
type AnswerOf<Call> = Call extends (value: never) => infer Answer ? Awaited<Answer> : never;

export type Channel<Theirs extends Calls> = {
  /** @throws Error when the other side could not answer, or is gone. */
  readonly ask: <Name extends keyof Theirs & string>(
    name: Name,
    value: ValueOf<Theirs[Name]>,
  ) => Promise<AnswerOf<Theirs[Name]>>;
  /** What is asked and not answered has failed, and so has whatever is asked from now on. */
  readonly close: () => void;
};

type Line =
  | { readonly id: number; readonly name: string; readonly value: unknown }
  | { readonly re: number; readonly answer: unknown }
  | { readonly re: number; readonly failure: string };

type Waiting = { readonly resolve: (answer: unknown) => void; readonly reject: (cause: Error) => void };

/**
 * Lets two processes ask each other. What is said in one turn of the event loop goes in one message, for each is a call
 * of the system on both sides.
 * @param ours what the other side may ask here.
 */
export function createChannel<Theirs extends Calls>(wire: Wire, ours: Calls): Channel<Theirs> {
  const waiting = new Map<number, Waiting>();
  let lastId = 0;
  let isClosed = false;

  const { add: say } = createBatcher<Line>((lines) => {
    if (!isClosed) wire.send({ lines });
  });

  const act = async (name: string, value: unknown): Promise<unknown> => {
    const called = Object.hasOwn(ours, name) ? ours[name] : undefined;
    if (called === undefined) throw new Error(`There is no handler for ${name}.`);
    return called(value as never);
  };

  const answer = (id: number, name: string, value: unknown) => {
    act(name, value).then(
      (answer) => say({ re: id, answer }),
      (cause: unknown) => say({ re: id, failure: cause instanceof Error ? cause.message : String(cause) }),
    );
  };

  const hear = (line: Line) => {
    if ("id" in line) return answer(line.id, line.name, line.value);
    const one = waiting.get(line.re);
    waiting.delete(line.re);
    if ("failure" in line) one?.reject(new Error(line.failure));
    else one?.resolve(line.answer);
  };
  wire.listen((message) => {
    for (const line of linesOf(message)) hear(line);
  });

  return {
    ask: (name, value) =>
      new Promise((resolve, reject) => {
        if (isClosed) return reject(new Error(GONE));
        const id = ++lastId;
        waiting.set(id, { resolve: resolve as Waiting["resolve"], reject });
        say({ id, name, value });
      }),
    close: () => {
      isClosed = true;
      for (const { reject } of waiting.values()) reject(new Error(GONE));
      waiting.clear();
    },
  };
}

const GONE = "The other process is gone.";

/** Others may send messages of their own. */
function linesOf(message: unknown): readonly Line[] {
  const { lines } = (message ?? {}) as { readonly lines?: readonly Line[] };
  return lines ?? [];
}
