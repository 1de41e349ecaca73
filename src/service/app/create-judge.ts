import { createOwnJudges, joinJudges } from "../../contract/judge/join-judges.ts";
import type { Judge } from "../../contract/judge/judge.ts";
import type { Contract } from "../../contract/model/contract.ts";
import { createValidatorJudge } from "../../http/stages/validator/validator-judge.ts";

/**
 * @param isFast whether the compiled judge decides where it can; otherwise the others decide always.
 * @throws Error when the validator cannot work with the contract, or would admit other callers than this service.
 */
export async function createJudge(contract: Contract, isFast: boolean): Promise<Judge> {
  const validator = await createValidatorJudge(contract);
  const own = createOwnJudges(contract);
  return joinJudges({ ...own, validator, compiled: isFast ? own.compiled : undefined });
}
