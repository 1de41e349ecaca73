import type { Validated } from "../http/message/exchange.ts";
import type { Reply } from "../http/reply/reply.ts";
import type { RecheckKey } from "../http/stages/recheck.ts";

/** Asks whether the key of a request is still admitted, after waits and while its body arrives. */
export class AdmissionCheck {
  readonly #exchange: Validated;
  readonly #recheckKey: RecheckKey;
  #refused: Reply | undefined;
  #fault: unknown;

  constructor(exchange: Validated, recheckKey: RecheckKey) {
    this.#exchange = exchange;
    this.#recheckKey = recheckKey;
  }

  /** Never throws: a key that cannot be checked is not admitted. */
  isStillAdmitted(): boolean | Promise<boolean> {
    try {
      const reply = this.#recheckKey(this.#exchange);
      if (!(reply instanceof Promise)) return this.#note(reply);
      return reply.then(
        (one) => this.#note(one),
        (error: unknown) => this.#fail(error),
      );
    } catch (error) {
      return this.#fail(error);
    }
  }

  /**
   * The reply to a request that is not admitted any more.
   * @throws whatever prevented the check.
   */
  refusal(): Reply {
    if (this.#refused !== undefined) return this.#refused;
    throw this.#fault ?? new Error("This request is still admitted.");
  }

  #note(reply: Reply | undefined): boolean {
    this.#refused = reply;
    return reply === undefined;
  }

  #fail(error: unknown): false {
    this.#fault = error ?? new Error("The key cannot be checked.");
    return false;
  }
}
