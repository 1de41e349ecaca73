import type { Judge } from "../../../contract/judge/judge.ts";
import { compileParameters } from "../../../contract/judge/parameters/compiled-parameters.ts";
import { createCompiledSchemas } from "../../../contract/judge/schemas/compiled-schemas.ts";
import type { Contract } from "../../../contract/model/contract.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation } from "../../../contract/model/outline.ts";
import { once } from "../../../lib/async/once.ts";
import { toReplyDocument, toRequestDocument } from "./operation-document.ts";
import { createJudgeReply, declaredStatus, isOpaque, type JudgeReply } from "./reply-judge.ts";
import { createJudgeRequest, type JudgeRequest } from "./request-judge.ts";
import { proveSecurityAgreement } from "./security-agreement.ts";
import { loadValidatorParts } from "./validator-parts.ts";

/** The part of a contract that the validator needs. */
export type JudgedContract = Pick<Contract, "outline" | "operations" | "schemes">;

/**
 * The thorough one of the two judges: express-openapi-validator, on values (docs/decisions/0021). It compiles the schemas
 * of an operation for its first request, and those of a response for the first reply with its status.
 * @throws Error when the validator and this service disagree about who may call an operation.
 */
export async function createValidatorJudge(contract: JudgedContract): Promise<Judge> {
  await proveSecurityAgreement(contract);
  const { outline } = contract;
  const found = new Map(outline.operations.map((one) => [one.id, one]));
  const findOperation = ({ id }: Operation): FoundOperation => {
    const one = found.get(id);
    if (one === undefined) throw new Error(`The contract has no operation ${id}.`);
    return one;
  };
  const load = once(loadValidatorParts);

  const schemas = createCompiledSchemas(outline.document);
  const requests = cached<JudgeRequest, Operation>(async (operation) => {
    const one = findOperation(operation);
    const parameters = compileParameters(outline.document, one, schemas);
    return createJudgeRequest(await load(), operation, toRequestDocument(outline, one, operation), parameters);
  });
  const replies = cached<JudgeReply, Reply>(async ({ operation, status }) =>
    createJudgeReply(await load(), operation, toReplyDocument(outline, findOperation(operation), status)),
  );
  return {
    judgeRequest: (request) => {
      const judge = requests(request.operation.id, request.operation);
      return judge instanceof Promise ? judge.then((compiled) => compiled(request)) : judge(request);
    },
    judgeReply: (reply) => {
      if (isOpaque(reply)) return reply;
      const { operation } = reply;
      const status = declaredStatus(operation, reply.status);
      const judge = replies(`${operation.id} ${status}`, { operation, status });
      return judge instanceof Promise ? judge.then((compiled) => ({ body: compiled(reply) })) : { body: judge(reply) };
    },
  };
}

/** `status` as the contract declares it. */
type Reply = { readonly operation: Operation; readonly status: string | undefined };

/** Makes something for each name once; a promise until it is made. The contract bounds how many names there are. */
function cached<T, Facts>(make: (facts: Facts) => Promise<T>): (name: string, facts: Facts) => T | Promise<T> {
  const made = new Map<string, T>();
  const pending = new Map<string, Promise<T>>();
  const begin = async (name: string, facts: Facts): Promise<T> => {
    try {
      const value = await make(facts);
      made.set(name, value);
      return value;
    } finally {
      pending.delete(name);
    }
  };
  return (name, facts) => {
    const ready = made.get(name) ?? pending.get(name);
    if (ready !== undefined) return ready;
    const promise = begin(name, facts);
    pending.set(name, promise);
    return promise;
  };
}
