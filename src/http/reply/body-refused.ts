import type { Reply } from "./reply.ts";

/** A body that is passed on while it arrives turns out to be invalid. Its receiver must never see its end. */
export class BodyRefused extends Error {
  /** For the client. */
  readonly reply: Reply;
  /** Express responds with this status if an app passes the error on. */
  readonly status = 400;

  constructor(reply: Reply) {
    super("The body does not match the contract.");
    this.reply = reply;
  }
}
