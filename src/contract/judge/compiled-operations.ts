import type { Contract } from "../model/contract.ts";
import { type CompiledOperation, toCompiledOperation } from "./compiled-operation.ts";
import { createCompiledSchemas } from "./schemas/compiled-schemas.ts";

/** The part of a contract that the compiled judge needs. */
export type JudgedContract = Pick<Contract, "outline" | "operations">;

/** The operations by their ids; each is compiled when it is asked for. */
export type CompiledOperations = (id: string) => CompiledOperation | undefined;

export function createCompiledOperations({ outline }: JudgedContract): CompiledOperations {
  const { document } = outline;
  const schemas = createCompiledSchemas(document);
  const found = new Map(outline.operations.map((one) => [one.id, one]));
  const compiled = new Map<string, CompiledOperation>();
  return (id) => {
    const known = compiled.get(id);
    if (known !== undefined) return known;
    const one = found.get(id);
    if (one === undefined) return undefined;
    const made = toCompiledOperation(document, one, schemas);
    compiled.set(id, made);
    return made;
  };
}
