/** An answer that is neither a success nor a problem of the service: somebody else's, a proxy's or an upstream's. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly status: number;
  /** What came with it: JSON as a value, anything else as text. */
  readonly body: unknown;

  constructor(operation: string, status: number, body: unknown) {
    super(`${operation} was answered with ${status}, and not by the service itself.`);
    this.status = status;
    this.body = body;
  }
}
