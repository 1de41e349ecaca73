import type { JudgedReply, JudgedRequest, Judgement } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import { createValidatorJudge } from "../../../src/http/stages/validator/validator-judge.ts";

/** The validator, for comparison: a request stays as it is. It fails on some requests, instead of refusing them. */
export type ReferenceJudge = {
  readonly judgeRequest: (request: JudgedRequest) => Promise<Judgement | { readonly kind: "failed" }>;
  /** What is left of the body of a reply; undefined when the reply is invalid. */
  readonly prune: (reply: JudgedReply) => Promise<unknown>;
};

export async function createReferenceJudge(contract: Contract): Promise<ReferenceJudge> {
  const judge = await createValidatorJudge(contract);
  return {
    judgeRequest: async (request) => {
      try {
        return await judge.judgeRequest({ ...request, body: structuredClone(request.body) });
      } catch {
        return { kind: "failed" };
      }
    },
    prune: async (reply) => {
      try {
        return (await judge.judgeReply({ ...reply, body: structuredClone(reply.body) })).body;
      } catch {
        return undefined;
      }
    },
  };
}
