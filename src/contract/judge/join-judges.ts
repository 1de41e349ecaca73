import type { Operation } from "../model/operations.ts";
import { createCompiledJudge } from "./compiled-judge.ts";
import { createCompiledOperations, type JudgedContract } from "./compiled-operations.ts";
import { type BodyJudge, type BodyVerdict, createBodyJudge } from "./exact/body-judge.ts";
import { hasExactNumbers, mayLoseDigits } from "./exact/numbers/exact-json.ts";
import type { CompiledJudge, InvalidRequest, Judge, JudgedBody, JudgedRequest, Judgement } from "./judge.ts";
import type { ParameterJudge } from "./parameters/compiled-parameters.ts";

export type Judges = {
  /** Undefined: everything is left to the others. */
  readonly compiled: CompiledJudge | undefined;
  /** Decides about the parameters of an operation. */
  readonly parameters: (operation: Operation) => ParameterJudge;
  /** Decides about bodies. */
  readonly bodies: BodyJudge;
  /** Decides about replies. */
  readonly validator: Judge;
};

/** The judges that need nothing but the contract. */
export function createOwnJudges(contract: JudgedContract): Omit<Judges, "validator" | "compiled"> & {
  readonly compiled: CompiledJudge;
} {
  const operations = createCompiledOperations(contract);
  return {
    compiled: createCompiledJudge(contract, operations),
    parameters: ({ id }) => {
      const part = operations(id)?.parameters();
      if (part?.kind === "compiled") return part.value;
      throw new Error(`The parameters of ${id} cannot be compiled: ${part?.why ?? "the operation is unknown"}.`);
    },
    bodies: createBodyJudge(contract),
  };
}

const MAX_PARTS = 20;

/** Asks the compiled judge first, and the others about everything that it cannot tell. */
export function joinJudges({ compiled, parameters, bodies, validator }: Judges): Judge {
  const judgeParts = (request: JudgedRequest): Judgement | Promise<Judgement> => {
    const { operation, body } = request;
    const verdict = body === undefined ? NO_BODY : bodies.judgeBody(operation, body);
    if (verdict === undefined) return validator.judgeRequest(request);
    if (verdict instanceof Promise) return verdict.then((one) => joinVerdicts(request, one));
    return joinVerdicts(request, verdict);
  };
  const joinVerdicts = (request: JudgedRequest, verdict: BodyVerdict): Judgement => {
    const { read, explain } = parameters(request.operation);
    const values = read(request);
    if (values !== undefined)
      return verdict.kind === "valid" ? { kind: "valid", parameters: values, body: verdict.value } : verdict;
    return verdict.kind === "valid" ? explain(request) : combine(explain(request), verdict);
  };
  return {
    judgeRequest: (request) => {
      return (isForCompiled(request.body) ? compiled?.judgeRequest(request) : undefined) ?? judgeParts(request);
    },
    judgeReply: (reply) => (compiled?.isValidReply(reply) ? reply : validator.judgeReply(reply)),
  };
}

/** The compiled judge takes up to 30 ms for a body of 1 MiB, and cannot stop in between. */
const COMPILED_BODY_BYTES = 262_144;

/** Is a body small, and does no number of it lose digits as a double? The compiled judge knows only doubles. */
function isForCompiled(body: JudgedBody | undefined): boolean {
  if (body === undefined) return true;
  if (body.bytes !== undefined && body.bytes.length > COMPILED_BODY_BYTES) return false;
  return body.bytes === undefined ? !hasExactNumbers(body.value) : !mayLoseDigits(body.bytes);
}

const NO_BODY = { kind: "valid", value: undefined } as const;

function combine({ detail, parts }: InvalidRequest, body: InvalidRequest): InvalidRequest {
  const [first, ...others] = parts;
  return { kind: "invalid", detail, parts: [first, ...[...others, ...body.parts].slice(0, MAX_PARTS - 1)] };
}
