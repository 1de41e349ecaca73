import type { Contract } from "../model/contract.ts";
import { type CompiledOperation, toCompiledOperation } from "./compiled-operation.ts";
import { createCompiledSchemas } from "./schemas/compiled-schemas.ts";

/** The part of a contract that the compiled judge needs. */
export type JudgedContract = Pick<Contract, "outline" | "operations">;

/** The operations by their ids; each is compiled when it is asked for. */
export function createCompiledOperations({ outline, operations }: JudgedContract) {
  const { document } = outline;
  const schemas = createCompiledSchemas(document);
  const found = new Map(outline.operations.map((one) => [one.id, one]));
  const declared = new Map(operations.map((one) => [one.id, one]));
  const compiled = new Map<string, CompiledOperation>();
  return (id: string): CompiledOperation | undefined => {
    const known = compiled.get(id);
    if (known !== undefined) return known;
    const [one, operation] = [found.get(id), declared.get(id)];
    if (one === undefined || operation === undefined) return undefined;
    const made = toCompiledOperation(document, one, operation, schemas);
    compiled.set(id, made);
    return made;
  };
}
