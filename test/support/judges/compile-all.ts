import { asRecord } from "../../../src/contract/document/json.ts";
import { essenceOf } from "../../../src/contract/judge/bodies/content.ts";
import type { CompiledOperation, Part } from "../../../src/contract/judge/compiled-operation.ts";
import { createCompiledOperations, type JudgedContract } from "../../../src/contract/judge/compiled-operations.ts";
import { JSON_TYPE } from "../../../src/contract/model/bodies/media-types.ts";
import { mayBeJudged } from "../../../src/contract/model/bodies/operation-body.ts";
import type { Operation } from "../../../src/contract/model/operations.ts";
import type { FoundOperation } from "../../../src/contract/model/outline.ts";

/** A part of an operation that only the validator can judge. */
export type UncompiledPart = {
  readonly operationId: string;
  /** `parameters`, `body application/json` or `response 200 application/json`. */
  readonly part: string;
  readonly why: string;
};

/** Compiles everything that the compiled judge would compile on the first requests, and lists what it cannot. */
export function compileAll(contract: JudgedContract): readonly UncompiledPart[] {
  const compiled = createCompiledOperations(contract);
  const found = new Map(contract.outline.operations.map((one) => [one.id, one]));
  return contract.operations.flatMap((operation) => {
    const [one, parts] = [found.get(operation.id), compiled(operation.id)];
    if (one === undefined || parts === undefined) return [];
    return partsOf(contract, operation, one, parts).flatMap(([part, outcome]) =>
      outcome.kind === "left" ? [{ operationId: operation.id, part, why: outcome.why }] : [],
    );
  });
}

function partsOf(
  { outline: { document } }: JudgedContract,
  { body }: Operation,
  { operation }: FoundOperation,
  compiled: CompiledOperation,
): readonly (readonly [string, Part<unknown>])[] {
  const bodies = (body?.media ?? [])
    .filter(mayBeJudged)
    .map(({ name }) => [`body ${name}`, compiled.body(name)] as const);
  const replies = Object.entries(asRecord(operation["responses"])).flatMap(([status, response]) => {
    const types = Object.keys(asRecord(document.resolve(response)?.["content"])).map(essenceOf);
    // Problems are written by the service itself, not by handlers.
    const isJudged = /^[23]\d\d$/.test(status);
    return types
      .filter((type) => isJudged && JSON_TYPE.test(type))
      .map((type) => [`response ${status} ${type}`, compiled.reply(Number(status), type)] as const);
  });
  return [["parameters", compiled.parameters()], ...bodies, ...replies];
}
