import { createCompiledJudge } from "../../contract/judge/compiled-judge.ts";
import type { Judge } from "../../contract/judge/judge.ts";
import { joinJudges } from "../../contract/judge/two-judges.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { createValidatorJudge } from "../../http/stages/validator/validator-judge.ts";

/**
 * @param isFast whether the compiled judge decides where it can; otherwise the validator decides always.
 * @throws Error when the validator cannot work with the contract, or would admit other callers than this service.
 */
export async function createJudge(contract: Contract, isFast: boolean): Promise<Judge> {
  const validator = await createValidatorJudge(contract);
  return isFast ? joinJudges(createCompiledJudge(contract), validator) : validator;
}
