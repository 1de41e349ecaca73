import { createNotices } from "./notices.ts";
import type { Settings } from "./options.ts";
import { createPace } from "./pace.ts";
import { createRetry } from "./retry.ts";
import { createSend } from "./send.ts";

/** Creates the `fetch` of an operation: it waits for its turn, adds the key, and retries where that is safe. */
export function createCall(settings: Settings) {
  const pace = createPace(settings);
  const retry = createRetry(settings);
  const { check, send, checkResponse } = createSend(settings);
  const notice = createNotices(settings.warn);

  return (operation: string, isStream: boolean) =>
    async (request: Request): Promise<Response> => {
      const { method, signal } = request;
      check(request);
      const attempt = async () => {
        const end = await pace.turn(operation, signal);
        let response: Response | undefined;
        try {
          response = await send(isStream ? request : request.clone());
          return response;
        } finally {
          end(response);
        }
      };
      // A streamed body cannot be sent again.
      const response = await retry({ method, signal, attempts: isStream ? 1 : settings.attempts, attempt });
      checkResponse(response);
      notice(operation, response.headers);
      return response;
    };
}
