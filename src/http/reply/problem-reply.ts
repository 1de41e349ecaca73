import { PROBLEM_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { toNginxReply } from "./nginx-reply.ts";

export type ProblemReply = {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | number>>;
  readonly text: string;
};

/**
 * The reply with a problem document, in the form that the client understands.
 * @param json the document.
 * @param isFromNginx nginx asks on behalf of its client: see `toNginxReply`.
 */
export function toProblemReply(status: number, json: string, isFromNginx: boolean): ProblemReply {
  const reply = isFromNginx ? toNginxReply(JSON.parse(json)) : { status, headers: {}, text: json };
  return {
    ...reply,
    headers: {
      ...reply.headers,
      "Content-Type": PROBLEM_MEDIA_TYPE,
      "Content-Length": Buffer.byteLength(reply.text),
    },
  };
}
