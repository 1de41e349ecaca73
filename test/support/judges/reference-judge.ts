import type { JudgedRequest, Judgement } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import { createValidatorJudge } from "../../../src/http/stages/validator/validator-judge.ts";

/** The validator, for comparison: a request stays as it is. It fails on some requests, instead of refusing them. */
export type ReferenceJudge = (request: JudgedRequest) => Promise<Judgement | { readonly kind: "failed" }>;

export async function createReferenceJudge(contract: Contract): Promise<ReferenceJudge> {
  const judge = await createValidatorJudge(contract);
  return async (request) => {
    try {
      return await judge.judgeRequest({ ...request, body: structuredClone(request.body) });
    } catch {
      return { kind: "failed" };
    }
  };
}
