import { SMALL_BODY_BYTES } from "../../../contract/model/bodies/operation-body.ts";
import { type Admitted, recordOf } from "../../message/exchange.ts";
import { BodyRefused } from "../../reply/body-refused.ts";
import type { Reply } from "../../reply/reply.ts";
import type { BodyReaderDeps, DeclaredBody } from "./body-reader.ts";
import type { MultipartForm } from "./multipart-form.ts";
import { NO_MEMORY, reserve } from "./read-body.ts";

/** A form that is passed on while it arrives. */
export type StreamedForm = {
  readonly exchange: Admitted;
  readonly declared: DeclaredBody;
  readonly deps: BodyReaderDeps;
  readonly form: MultipartForm;
  /** The chunks that were read already. */
  readonly first: readonly Buffer[];
  readonly chunks: AsyncIterator<Buffer>;
};

/**
 * The chunks of a form, each once it is read. The chunk with the last boundary comes when the whole form is judged, so that
 * no receiver gets an invalid form that looks complete.
 * @throws BodyRefused
 */
export async function* judgedChunks(streamed: StreamedForm): AsyncGenerator<Buffer> {
  const { first, chunks, form, exchange, deps } = streamed;
  const cover = createCover(streamed);
  let held: Buffer = Buffer.concat(first);
  let wasClosed = form.isClosed;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    const refusal = form.push(next.value) ?? (await cover(form.keptBytes));
    if (refusal !== undefined) {
      throwUnless(deps.tolerate(exchange, refusal));
      return yield* uncheckedChunks([held, next.value], chunks);
    }
    // What follows the last boundary does not matter, but with it a receiver would take the form for complete.
    if (wasClosed) held = Buffer.concat([held, next.value]);
    else {
      yield held;
      held = next.value;
    }
    wasClosed = form.isClosed;
  }
  throwUnless(await judgeAll(streamed));
  yield held;
}

/** The chunks of a form that is passed on although it is invalid, which was reported. */
export async function* uncheckedChunks(
  first: readonly Buffer[],
  chunks: AsyncIterator<Buffer>,
): AsyncGenerator<Buffer> {
  yield* first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

function throwUnless(refusal: Reply | undefined) {
  if (refusal !== undefined) throw new BodyRefused(refusal);
}

/** Takes memory for the texts of a form as they grow. */
function createCover({ exchange, deps: { budget } }: StreamedForm) {
  let coveredBytes = SMALL_BODY_BYTES;
  return async (keptBytes: number): Promise<Reply | undefined> => {
    for (; keptBytes > coveredBytes; coveredBytes += SMALL_BODY_BYTES)
      if (!(await reserve(recordOf(exchange), SMALL_BODY_BYTES, budget))) return NO_MEMORY;
    return undefined;
  };
}

async function judgeAll({ exchange, declared, deps, form }: StreamedForm): Promise<Reply | undefined> {
  const verdict = await form.end();
  if (verdict.kind === "refused") return deps.tolerate(exchange, verdict.reply);
  const { name } = declared.media;
  const bytes = Buffer.alloc(0);
  return deps.judgeForm(exchange, {
    kind: "read",
    bytes,
    mediaType: name,
    reading: "multipart",
    value: verdict.value,
  });
}
