import { isProblem } from "./errors.ts";
import type { Settings } from "./options.ts";
import { retryAfterMs } from "./retry-after.ts";
import { isRetryable } from "./retryable.ts";

/** The first wait without `Retry-After`. Each further wait is twice as long. */
const FIRST_WAIT_MS = 250;

export type RetryRequest = {
  readonly method: string;
  readonly signal: AbortSignal;
  /** The maximum number of attempts. */
  readonly attempts: number;
  /** Makes one attempt. */
  readonly attempt: () => Promise<Response>;
};

/** Retries a call as long as that is safe and may help. The caller gets the last response or error. */
export function createRetry({ clock, random, longestWaitMs }: Settings) {
  return async ({ method, signal, attempts, attempt }: RetryRequest): Promise<Response> => {
    for (let made = 1; ; made++) {
      let response: Response | undefined;
      let fault: unknown;
      try {
        response = await attempt();
      } catch (thrown) {
        fault = thrown;
      }
      const askedMs = response && retryAfterMs(response.headers);
      const isWorthIt = made < attempts && (askedMs ?? 0) <= longestWaitMs;
      if (!isWorthIt || !isRetryable(method, response?.status, await codeOf(response))) {
        if (response) return response;
        throw fault;
      }
      // The rest of this response is not needed, and neither is an error while reading it.
      await response?.body?.cancel().catch(() => {});
      const stepMs = FIRST_WAIT_MS * 2 ** (made - 1);
      // Never earlier than `Retry-After`, and not at the same moment as other clients.
      await clock.wait(Math.ceil((askedMs ?? stepMs) + random() * stepMs), signal);
    }
  };
}

/** The code of a problem. It is read from a clone, so the caller can still read the response. */
async function codeOf(response: Response | undefined): Promise<string | undefined> {
  if (response === undefined || response.ok) return undefined;
  const body: unknown = await response
    .clone()
    .json()
    .catch(() => undefined);
  return isProblem(response.headers, body) ? body.code : undefined;
}
