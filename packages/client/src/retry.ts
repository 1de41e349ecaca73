import { isProblem } from "./errors.ts";
import type { Settings } from "./options.ts";
import { isRepeatable } from "./repeatable.ts";
import { retryAfterMs } from "./retry-after.ts";

/** How long the first wait is where nobody says how long; each further one is twice as long. */
const FIRST_WAIT_MS = 250;

export type Repetition = {
  readonly method: string;
  readonly signal: AbortSignal;
  /** How often it may be made at most. */
  readonly attempts: number;
  /** Makes it once. */
  readonly attempt: () => Promise<Response>;
};

/** Makes a call again for as long as that is safe and may help; what comes then is what the caller gets. */
export function createRetry({ clock, random, longestWaitMs }: Settings) {
  return async ({ method, signal, attempts, attempt }: Repetition): Promise<Response> => {
    for (let made = 1; ; made++) {
      let answer: Response | undefined;
      let fault: unknown;
      try {
        answer = await attempt();
      } catch (thrown) {
        fault = thrown;
      }
      const toldMs = answer && retryAfterMs(answer.headers);
      const isWorthIt = made < attempts && (toldMs ?? 0) <= longestWaitMs;
      if (!isWorthIt || !isRepeatable(method, answer?.status, await codeOf(answer))) {
        if (answer) return answer;
        throw fault;
      }
      // What is left of it is of no use, and if it broke off meanwhile, that is no news either.
      await answer?.body?.cancel().catch(() => {});
      const stepMs = FIRST_WAIT_MS * 2 ** (made - 1);
      // Never earlier than told, and not with everybody else.
      await clock.wait(Math.ceil((toldMs ?? stepMs) + random() * stepMs), signal);
    }
  };
}

/** The code of a problem; the answer stays unread. */
async function codeOf(answer: Response | undefined): Promise<string | undefined> {
  if (answer === undefined || answer.ok) return undefined;
  const body: unknown = await answer
    .clone()
    .json()
    .catch(() => undefined);
  return isProblem(answer.headers, body) ? body.code : undefined;
}
