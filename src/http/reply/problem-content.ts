import { PROBLEM_MEDIA_TYPE } from "../../lib/http/media-types.ts";
import { toNginxReply } from "./nginx-reply.ts";
import type { ContentReply } from "./reply.ts";

/**
 * A problem document as the content of a response, in the form that the client understands.
 * @param json the document.
 * @param isFromNginx nginx asks on behalf of its client: see `toNginxReply`.
 */
export function toProblemContent(
  status: number,
  json: string,
  isFromNginx: boolean,
): Omit<ContentReply, "kind"> & { readonly content: string } {
  if (!isFromNginx) return { status, headers: CONTENT_TYPE, content: json };
  const reply = toNginxReply(JSON.parse(json));
  return {
    status: reply.status,
    headers: [...Object.entries(reply.headers).flat(), ...CONTENT_TYPE],
    content: reply.text,
  };
}

const CONTENT_TYPE = ["Content-Type", PROBLEM_MEDIA_TYPE];
