import type { Admitted } from "../../message/exchange.ts";
import { BodyRefused } from "../../reply/body-refused.ts";
import type { Reply } from "../../reply/reply.ts";
import type { BodyReaderDeps, DeclaredBody } from "./body-reader.ts";
import type { MultipartForm } from "./multipart-form.ts";

/** A form that is passed on while it arrives. */
export type StreamedForm = {
  readonly exchange: Admitted;
  readonly declared: DeclaredBody;
  readonly deps: BodyReaderDeps;
  /** It has read `first` already. */
  readonly form: MultipartForm;
  readonly first: Buffer;
};

const NOTHING = Buffer.alloc(0);

/**
 * Decides when the chunks of a form may be passed on: each once it is read, and the one with the last boundary once the
 * whole form is judged. So no receiver gets an invalid form that looks complete.
 */
export class FormGate {
  readonly #streamed: StreamedForm;
  #held: Buffer;
  #wasClosed: boolean;
  /** The form is invalid, which was reported: the rest is passed on unchecked. */
  #isOpen = false;

  constructor(streamed: StreamedForm) {
    this.#streamed = streamed;
    this.#held = streamed.first;
    this.#wasClosed = streamed.form.isClosed;
  }

  /** The next chunk has arrived. @returns what may be passed on; it may be empty. @throws BodyRefused */
  admit(chunk: Buffer): Buffer {
    if (this.#isOpen) return chunk;
    const { form } = this.#streamed;
    const refusal = form.push(chunk);
    if (refusal !== undefined) return this.#open(refusal, chunk);
    // What follows the last boundary does not matter, but with it a receiver would take the form for complete.
    if (this.#wasClosed) return this.#hold(Buffer.concat([this.#held, chunk]), NOTHING);
    this.#wasClosed = form.isClosed;
    return this.#hold(chunk, this.#held);
  }

  /** All chunks have arrived. @returns the rest. @throws BodyRefused */
  async end(): Promise<Buffer> {
    const refusal = this.#isOpen ? undefined : await judgeAll(this.#streamed);
    if (refusal !== undefined) throw new BodyRefused(refusal);
    return this.#hold(NOTHING, this.#held);
  }

  #hold(held: Buffer, passedOn: Buffer): Buffer {
    this.#held = held;
    return passedOn;
  }

  #open(refusal: Reply, chunk: Buffer): Buffer {
    const { exchange, deps } = this.#streamed;
    const refused = deps.tolerate(exchange, refusal);
    if (refused !== undefined) throw new BodyRefused(refused);
    this.#isOpen = true;
    return this.#hold(NOTHING, Buffer.concat([this.#held, chunk]));
  }
}

async function judgeAll({ exchange, declared, deps, form }: StreamedForm): Promise<Reply | undefined> {
  const verdict = await form.end();
  if (verdict.kind === "refused") return deps.tolerate(exchange, verdict.reply);
  const { name } = declared.media;
  return deps.judgeForm(exchange, {
    kind: "read",
    bytes: NOTHING,
    mediaType: name,
    reading: "multipart",
    value: verdict.value,
  });
}
