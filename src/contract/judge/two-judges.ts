import type { CompiledJudge, Judge } from "./judge.ts";

/** Asks the compiled judge first, and `validator` about everything that it cannot tell. */
export function joinJudges(compiled: CompiledJudge, validator: Judge): Judge {
  return {
    judgeRequest: (request) => compiled.judgeRequest(request) ?? validator.judgeRequest(request),
    judgeReply: (reply) => (compiled.isValidReply(reply) ? reply : validator.judgeReply(reply)),
  };
}
