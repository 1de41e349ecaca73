import type { Judge, JudgedRequest } from "../../../contract/judge/judge.ts";
import type { Contract } from "../../../contract/model/contract.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation } from "../../../contract/model/outline.ts";
import { once } from "../../../lib/async/once.ts";
import { toReplyDocument, toRequestDocument } from "./operation-document.ts";
import { createJudgeReply, type JudgeReply } from "./reply-judge.ts";
import { createJudgeRequest, type JudgeRequest } from "./request-judge.ts";
import { proveSecurityAgreement } from "./security-agreement.ts";
import type { Responder } from "./validator-document.ts";
import { loadValidatorParts } from "./validator-parts.ts";

/** The part of a contract that the validator needs. */
export type JudgedContract = Pick<Contract, "outline" | "operations" | "schemes">;

/**
 * The thorough one of the two judges: express-openapi-validator, on values (docs/decisions/0021). It compiles an operation
 * when it is first needed for it.
 * @param responderOf what sends the responses of an operation; only those of handlers are judged.
 * @throws Error when the validator and this service disagree about who may call an operation.
 */
export async function createValidatorJudge(
  contract: JudgedContract,
  responderOf: (id: string) => Responder = () => "built-in",
): Promise<Judge> {
  await proveSecurityAgreement(contract);
  const found = new Map(contract.outline.operations.map((one) => [one.id, one]));
  const load = once(loadValidatorParts);

  const requests = perOperation<JudgeRequest>(found, async (operation, one) =>
    createJudgeRequest(await load(), operation, toRequestDocument(contract.outline, one, operation)),
  );
  const replies = perOperation<JudgeReply>(found, async (operation, one) =>
    createJudgeReply(await load(), operation, toReplyDocument(contract.outline, one, responderOf(operation.id))),
  );
  return {
    judgeRequest: (request: JudgedRequest) => {
      const judge = requests(request.operation);
      return judge instanceof Promise ? judge.then((compiled) => compiled(request)) : judge(request);
    },
    judgeReply: async ({ operation, ...reply }) => ({ body: (await replies(operation))(reply) }),
  };
}

/** Makes something for each operation on the first call for it; a promise until it is made. */
function perOperation<T>(
  found: ReadonlyMap<string, FoundOperation>,
  make: (operation: Operation, one: FoundOperation) => Promise<T>,
): (operation: Operation) => T | Promise<T> {
  const made = new Map<string, T>();
  const pending = new Map<string, Promise<T>>();
  const begin = (operation: Operation): Promise<T> => {
    const one = found.get(operation.id);
    if (one === undefined) throw new Error(`The contract has no operation ${operation.id}.`);
    const promise = make(operation, one).then((value) => {
      made.set(operation.id, value);
      return value;
    });
    pending.set(operation.id, promise);
    return promise;
  };
  return (operation) => made.get(operation.id) ?? pending.get(operation.id) ?? begin(operation);
}
