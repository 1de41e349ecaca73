import { asRecord, isRecord, type JsonObject, targetOf, toReference } from "../../../contract/document/json.ts";
import type { OpenApiDocument } from "../../../contract/document/openapi-document.ts";
import { rewritten } from "../../../contract/document/rewrite.ts";
import type { Operation } from "../../../contract/model/operations.ts";
import type { FoundOperation, Outline } from "../../../contract/model/outline.ts";
import { checkedBody, UNDECLARED } from "./validated-operation.ts";

/** An operation as the validator reads it, and a document with nothing but this operation and what it refers to. */
export type OperationDocument = {
  readonly document: JsonObject;
  /** The operation in it. */
  readonly operation: JsonObject;
};

/** The only path in these documents: the paths of requests are matched before. */
export const ONLY_PATH = "/";

/**
 * The request of an operation without its parameters, for the validator. It passes every document that it gets to Ajv for
 * each schema, so a document of all operations would cost each of them as much as all.
 */
export function toRequestDocument(outline: Outline, found: FoundOperation, operation: Operation): OperationDocument {
  const { parameters: _, responses: __, callbacks: ___, ...rest } = found.operation;
  return toOperationDocument(outline, found, {
    ...rest,
    ...checkedBody(operation, outline, found),
    ...UNDECLARED,
  });
}

/** The responses of an operation with one declared status, for the validator; none if `status` is undefined. */
export function toReplyDocument(outline: Outline, found: FoundOperation, status: string | undefined): JsonObject {
  const written = status === undefined ? undefined : asRecord(found.operation["responses"])[status];
  const { description, content } = outline.document.resolve(written) ?? {};
  const responses =
    status === undefined ? {} : { [status]: { description, ...(content !== undefined && { content }) } };
  return toOperationDocument(outline, found, { operationId: found.id, responses }).document;
}

function toOperationDocument(
  { document }: Outline,
  { method }: FoundOperation,
  operation: JsonObject,
): OperationDocument {
  const references = createReferences(document);
  const copy = references.copy({ ...operation, security: [] });
  const { openapi, info } = document.root;
  const paths = { [ONLY_PATH]: { [method]: copy } };
  return { document: { openapi, info, paths, components: { schemas: references.copySchemas() } }, operation: copy };
}

/** Copies parts of `document`, and collects the schemas that they refer to. */
function createReferences(document: OpenApiDocument) {
  const schemas = asRecord(asRecord(document.root["components"])["schemas"]);
  /** The copied schemas by name. */
  const copies = new Map<string, unknown>();
  /** The names of schemas that stand somewhere else than in `components.schemas`, by the reference to them. */
  const moved = new Map<string, string>();

  const copy = (node: JsonObject): JsonObject =>
    rewritten(node, (one) => {
      const usable = usableWords(one);
      return typeof one["$ref"] === "string" ? { ...usable, $ref: refer(one) } : usable;
    });

  const copySchema = (name: string, schema: unknown) => {
    if (copies.has(name)) return;
    copies.set(name, undefined);
    copies.set(name, isRecord(schema) ? copy(schema) : schema === false ? { not: {} } : {});
  };

  /** The new text of a reference. A chain of references is replaced by the last one. */
  const refer = (node: JsonObject): string => {
    const pointer = targetOf(document.root, [], node);
    const [first, second, name, ...inner] = pointer.map(String);
    if (first !== "components" || second !== "schemas" || name === undefined || inner.length > 0)
      return move(toReference(pointer), pointer);
    copySchema(name, schemas[name]);
    return toReference(["components", "schemas", name]);
  };

  const move = (reference: string, pointer: readonly (string | number)[]): string => {
    const name = moved.get(reference) ?? freeName(schemas, moved.size);
    moved.set(reference, name);
    copySchema(name, document.findAt(pointer));
    return toReference(["components", "schemas", name]);
  };

  // In the order of the contract: the validator visits schemas in this order.
  const copySchemas = () => {
    const names = [...Object.keys(schemas), ...moved.values()].filter((name) => copies.has(name));
    return Object.fromEntries(names.map((name) => [name, copies.get(name)]));
  };
  return { copy, copySchemas };
}

function freeName(taken: JsonObject, count: number): string {
  let name = `Moved${count}`;
  while (Object.hasOwn(taken, name)) name = `_${name}`;
  return name;
}

/** Without what the validator cannot read, and with the same meaning for it: references lead to copies. */
function usableWords(schema: JsonObject): JsonObject {
  const { $defs: _, $id: __, $schema: ___, $dynamicAnchor: ____, ...rest } = schema;
  if (!Array.isArray(rest["enum"]) || rest["enum"].length > 0) return rest;
  const { enum: _____, ...others } = rest;
  return { ...others, not: {} };
}
