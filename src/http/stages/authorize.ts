import type { Refusal } from "../../auth/authorize.ts";
import { type Admission, authorizeOperations } from "../../auth/authorize-operation.ts";
import { type Exchange, type Identified, recordOf } from "../message/exchange.ts";
import type { Refuse } from "../reply/refusals.ts";
import type { Stage } from "./stage.ts";

/**
 * Admits a caller who may call the operation. At the start, the validator has confirmed this decision: see
 * `validator/security-agreement.ts`.
 */
export function authorize(refuse: Refuse): Stage<Identified> {
  return {
    check: "authorize",
    run: (exchange) => {
      const record = recordOf(exchange);
      const outcome = authorizeOperations(exchange.operation, exchange.rivals, exchange.identity);
      if (!admit(record, outcome)) return refuse(record, outcome);
      return undefined;
    },
  };
}

/** Notes the outcome. @returns whether the caller is admitted. */
export function admit(record: Exchange, outcome: Admission | Refusal): outcome is Admission {
  record.knownKey = "key" in outcome ? outcome.key : undefined;
  record.admission = outcome.kind === "admitted" ? outcome : undefined;
  return outcome.kind === "admitted";
}
