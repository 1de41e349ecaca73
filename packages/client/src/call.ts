import { createNotices } from "./notices.ts";
import type { Settings } from "./options.ts";
import { createPace } from "./pace.ts";
import { createRetry } from "./retry.ts";
import { createSend } from "./send.ts";

/** A fetch for the calls of one operation: each in its turn, with the key, and again where that is safe. */
export function createCall(settings: Settings) {
  const pace = createPace(settings);
  const retry = createRetry(settings);
  const { check, send, checkAnswer } = createSend(settings);
  const notice = createNotices(settings.warn);

  return (operation: string, isStream: boolean) =>
    async (request: Request): Promise<Response> => {
      const { method, signal } = request;
      check(request);
      const attempt = async () => {
        const land = await pace.turn(operation, signal);
        let answer: Response | undefined;
        try {
          answer = await send(isStream ? request : request.clone());
          return answer;
        } finally {
          land(answer);
        }
      };
      // What has flowed away cannot be sent again.
      const answer = await retry({ method, signal, attempts: isStream ? 1 : settings.attempts, attempt });
      checkAnswer(answer);
      notice(operation, answer.headers);
      return answer;
    };
}
