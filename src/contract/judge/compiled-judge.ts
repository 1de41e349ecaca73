import { essenceOf } from "./bodies/content.ts";
import type { CompiledOperation, Part } from "./compiled-operation.ts";
import { createCompiledOperations, type JudgedContract } from "./compiled-operations.ts";
import type { CompiledJudge, JudgedBody } from "./judge.ts";

/**
 * Judges requests and replies with functions that are compiled from the schemas of the contract: those of an operation on
 * its first request, so that they cost nothing at the start.
 */
export function createCompiledJudge(
  contract: JudgedContract,
  compiled = createCompiledOperations(contract),
): CompiledJudge {
  return {
    judgeRequest(request) {
      const operation = compiled(request.operation.id);
      const parameters = compiledPart(operation?.parameters())?.read(request);
      if (operation === undefined || parameters === undefined) return undefined;
      if (request.body === undefined) return { kind: "valid", parameters, body: undefined };
      const body = judgeBody(operation, request.body);
      return body === undefined ? undefined : { kind: "valid", parameters, body };
    },
    isValidReply({ operation, status, mediaType, body }) {
      if (body === undefined) return false;
      return compiledPart(compiled(operation.id)?.reply(status, essenceOf(mediaType)))?.(body) ?? false;
    },
  };
}

function judgeBody(operation: CompiledOperation, { mediaType, value }: JudgedBody): unknown {
  return compiledPart(operation.body(mediaType))?.(value);
}

function compiledPart<T>(part: Part<T> | undefined): T | undefined {
  return part?.kind === "compiled" ? part.value : undefined;
}
