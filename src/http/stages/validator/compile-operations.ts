import { createCompiledOperations } from "../../../contract/judge/compiled-operations.ts";
import { createBodyJudge } from "../../../contract/judge/exact/body-judge.ts";
import { createResponseChecks } from "../../../contract/judge/response-check.ts";
import { mayBeJudged } from "../../../contract/model/bodies/operation-body.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { Aspect } from "../../../contract/model/source-lines.ts";
import { SecurityDisagreement } from "./security-agreement.ts";
import { createValidatorJudge, type JudgedContract } from "./validator-judge.ts";

/** Something in an operation that cannot be compiled, or that stops the start. */
export type CompileError = { readonly operationId: string; readonly aspect: Aspect; readonly message: string };

/**
 * Compiles every operation, which a service does on demand: its requests as their judges do, its responses as their check
 * does. A disagreement about security is an error too.
 * @param onProgress gets how many operations were compiled.
 */
export async function compileOperations(
  contract: JudgedContract,
  onProgress: (operations: number) => void = () => {},
): Promise<readonly CompileError[]> {
  try {
    await createValidatorJudge(contract);
    return [...(await requestErrors(contract, onProgress)), ...(await responseErrors(contract))];
  } catch (error) {
    if (!(error instanceof SecurityDisagreement)) throw error;
    return [{ operationId: error.operationId, aspect: "security", message: error.message }];
  }
}

async function requestErrors(
  contract: JudgedContract,
  onProgress: (operations: number) => void,
): Promise<readonly CompileError[]> {
  const compiled = createCompiledOperations(contract);
  const bodies = createBodyJudge(contract);
  const errors: CompileError[] = [];
  const add = (operationId: string, aspect: Aspect, why: string | undefined) =>
    errors.push({ operationId, aspect, message: `its ${aspect} cannot be compiled: ${why}` });
  for (const [index, operation] of contract.operations.entries()) {
    onProgress(index);
    const { id, body } = operation;
    const parameters = compiled(id)?.parameters();
    if (parameters?.kind !== "compiled") add(id, "parameters", parameters?.why);
    for (const { name } of (body?.media ?? []).filter(mayBeJudged)) {
      // An empty object may be invalid.
      const why = await errorOf(async () => bodies.judgeBody(operation, { mediaType: name, value: {} }));
      if (why !== undefined) add(id, "body", why);
    }
  }
  return errors;
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
