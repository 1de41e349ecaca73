import { isForm } from "../../../contract/judge/bodies/form.ts";
import { createCompiledOperations } from "../../../contract/judge/compiled-operations.ts";
import type { Judge, JudgedRequest } from "../../../contract/judge/judge.ts";
import { createResponseChecks } from "../../../contract/judge/response-check.ts";
import { mayBeJudged } from "../../../contract/model/bodies/operation-body.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { Aspect } from "../../../contract/model/source-lines.ts";
import { SecurityDisagreement } from "./security-agreement.ts";
import { createValidatorJudge, type JudgedContract } from "./validator-judge.ts";

/** Something in an operation that cannot be compiled, or that stops the start. */
export type CompileError = { readonly operationId: string; readonly aspect: Aspect; readonly message: string };

/**
 * Compiles every operation, which a service does on demand: its requests with the validator, its responses as their check
 * does. A disagreement about security is an error too.
 */
export async function compileOperations(contract: JudgedContract): Promise<readonly CompileError[]> {
  try {
    const judge = await createValidatorJudge(contract);
    return [...(await requestErrors(contract, judge)), ...(await responseErrors(contract))];
  } catch (error) {
    if (!(error instanceof SecurityDisagreement)) throw error;
    return [{ operationId: error.operationId, aspect: "security", message: error.message }];
  }
}

async function requestErrors(contract: JudgedContract, judge: Judge): Promise<readonly CompileError[]> {
  const compiled = createCompiledOperations(contract);
  const errors: CompileError[] = [];
  for (const operation of contract.operations) {
    const { id } = operation;
    const parameters = compiled(id)?.parameters();
    if (parameters?.kind !== "compiled")
      errors.push({ operationId: id, aspect: "parameters", message: cannotBeCompiled("parameters", parameters?.why) });
    for (const request of formsFor(operation)) {
      const message = await errorOf(async () => judge.judgeRequest(request));
      if (message !== undefined)
        errors.push({ operationId: id, aspect: "body", message: cannotBeCompiled("body", message) });
    }
  }
  return errors;
}

function cannotBeCompiled(part: string, why: string | undefined): string {
  return `its ${part} cannot be compiled: ${why}`;
}

/** A request for each form, which is empty and may be invalid. The validator is asked about no other bodies. */
function formsFor(operation: Operation): readonly JudgedRequest[] {
  const forms = (operation.body?.media ?? []).filter((one) => mayBeJudged(one) && isForm(one.essence));
  return forms.map(({ name }) => {
    const body = { mediaType: name, value: {} };
    return { operation, pathParams: {}, query: "", headers: {}, body };
  });
}

async function responseErrors({ outline, operations }: JudgedContract): Promise<readonly CompileError[]> {
  const compile = (some: readonly Operation[]) => errorOf(async () => createResponseChecks(outline, some));
  if ((await compile(operations)) === undefined) return [];
  const errors: CompileError[] = [];
  for (const operation of operations) {
    const message = await compile([operation]);
    if (message === undefined) continue;
    errors.push({
      operationId: operation.id,
      aspect: "operation",
      message: `its responses cannot be compiled: ${message}`,
    });
  }
  return errors;
}

async function errorOf(run: () => Promise<unknown>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
