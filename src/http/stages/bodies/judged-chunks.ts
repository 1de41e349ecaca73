import { SMALL_BODY_BYTES } from "../../../contract/model/bodies/operation-body.ts";
import { recordOf } from "../../message/exchange.ts";
import { BodyRefused } from "../../reply/body-refused.ts";
import { FormGate, type StreamedForm } from "./form-gate.ts";
import { NO_MEMORY, reserve } from "./read-body.ts";

/**
 * A form as it is passed on to an upstream while it arrives.
 * @param chunks those that have not been read yet.
 * @throws BodyRefused
 */
export async function* judgedChunks(streamed: StreamedForm, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  const gate = new FormGate(streamed);
  const cover = createCover(streamed);
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    const passedOn = gate.admit(next.value);
    await cover();
    if (passedOn.length > 0) yield passedOn;
  }
  yield await gate.end();
}

/** A form that is passed on although it is invalid, which was reported. */
export async function* uncheckedChunks(first: Buffer, chunks: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
  yield first;
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) yield next.value;
}

/** Takes memory for the texts of a form as they grow. */
function createCover({ exchange, deps: { budget }, form }: StreamedForm) {
  let coveredBytes = SMALL_BODY_BYTES;
  return async () => {
    for (; form.keptBytes > coveredBytes; coveredBytes += SMALL_BODY_BYTES)
      if (!(await reserve(recordOf(exchange), SMALL_BODY_BYTES, budget))) throw new BodyRefused(NO_MEMORY);
  };
}
