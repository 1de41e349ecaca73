import type { FormReaders } from "../../../contract/judge/bodies/form/form-readers.ts";
import type { MediaType } from "../../../contract/model/bodies/media-types.ts";
import type { BodyMedia } from "../../../contract/model/bodies/operation-body.ts";
import type { BodyBudget } from "../../message/body-budget.ts";
import type { Admitted, RequestBody } from "../../message/exchange.ts";
import type { Reply } from "../../reply/reply.ts";

export type BodyReaderDeps = {
  /** The memory for all bodies. */
  readonly budget: BodyBudget;
  /** Is it an operation of Latchkey itself? Its store takes no unusual characters. */
  readonly isBuiltIn: (operationId: string) => boolean;
  readonly formReaders: FormReaders;
  /** Judges a form that has been passed on while it arrived. @returns the refusal, if it is invalid. */
  readonly judgeForm: (exchange: Admitted, body: RequestBody) => Reply | undefined | Promise<Reply | undefined>;
  /** Reports a refusal instead, where invalid requests are reported. @returns the refusal if it stays one. */
  readonly tolerate: (exchange: Admitted, refusal: Reply) => Reply | undefined;
};

/** What is known of a body before it is read. */
export type DeclaredBody = {
  readonly media: BodyMedia;
  readonly type: MediaType;
  /** The largest body that is read, in bytes. */
  readonly maxBytes: number;
};

/** Reads a body of one kind, and keeps it in the exchange. @returns the refusal, if it is invalid. */
export type BodyReader = (
  exchange: Admitted,
  declared: DeclaredBody,
  deps: BodyReaderDeps,
) => Promise<Reply | undefined>;
