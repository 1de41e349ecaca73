import fc from "fast-check";
import { createCompiledOperations } from "../../../src/contract/judge/compiled-operations.ts";
import type { JudgedRequest } from "../../../src/contract/judge/judge.ts";
import type { Contract } from "../../../src/contract/model/contract.ts";
import type { FoundOperation } from "../../../src/contract/model/outline.ts";
import { generatedRequests } from "../wire/generated-requests.ts";
import { judgedRequestOf } from "./judged-request.ts";
import { judgedRequests } from "./judged-requests.ts";

/** Requests for one operation: written as raw text, and with each parameter in its style. */
export function requestsFor(contract: Contract, found: FoundOperation): fc.Arbitrary<JudgedRequest | undefined> {
  return fc.oneof(
    generatedRequests(contract.document, found, ["key"]).map((text) => judgedRequestOf(text, contract)),
    judgedRequests(contract, found),
  );
}

/** Explains why the compiled judge did not admit a request. */
export function createExplain(contract: Contract): (request: JudgedRequest) => string {
  const compiled = createCompiledOperations(contract);
  return (request) => {
    const { id } = request.operation;
    const parameters = compiled(id)?.parameters();
    if (parameters?.kind !== "compiled") return `${id}: parameters: ${parameters?.why}`;
    const body = request.body && compiled(id)?.body(request.body.mediaType);
    if (body?.kind === "left") return `${id}: body: ${body.why}`;
    return `${id}: a value of ${parameters.value.read(request) === undefined ? "a parameter" : "the body"}`;
  };
}
