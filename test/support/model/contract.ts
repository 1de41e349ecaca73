import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LoadedDocument, loadDocument } from "../../../src/contract/document/load.ts";
import { temporaryFolder } from "../temporary.ts";

/** A small contract that uses every feature and has no findings. */
export const HEALTHY = `openapi: 3.1.1
info: { title: Things, version: 1.0.0 }
servers:
  - url: /
paths:
  /things/{thingId}:
    parameters:
      - { name: thingId, in: path, required: true, schema: { type: string, maxLength: 20 } }
    get:
      operationId: getThing
      security: [{ ApiKey: [data:read] }]
      parameters:
        - name: size
          in: query
          schema: { type: integer, minimum: 1, maximum: 9 }
      responses: { '200': { description: The thing. } }
    put:
      operationId: putThing
      security:
        - ApiKey: [data:write]
      requestBody:
        required: true
        content:
          application/json:
            schema: { $ref: '#/components/schemas/Thing' }
      responses: { '204': { description: Done. } }
components:
  securitySchemes:
    ApiKey:
      type: apiKey
      in: header
      name: X-API-Key
      x-scopes: { data:read: Read things., data:write: Write things. }
    ApiKeyQuery:
      type: apiKey
      in: query
      name: api_key
  schemas:
    Thing:
      type: object
      additionalProperties: false
      properties:
        name: { type: string, maxLength: 50, pattern: '^[a-z]+$' }
        isOpen: { type: [boolean, 'null'] }
        colour: { enum: [red, blue] }
        tags: { type: array, maxItems: 5, items: { type: string, maxLength: 9 } }
        weight: { type: number, exclusiveMinimum: 0, exclusiveMaximum: 9 }
        shape: { oneOf: [{ const: round }, { $ref: '#/components/schemas/Thing' }] }
        notes: { type: object, maxProperties: 3, additionalProperties: { type: string, maxLength: 9 } }
`;

/** The line of `HEALTHY` with the security of its GET. */
export const GET_SECURITY = "security: [{ ApiKey: [data:read] }]";

/** A contract that differs from `HEALTHY` in one thing, and the finding that this causes. */
export type FindingCase = {
  readonly title: string;
  readonly from: string;
  readonly to: string;
  /** A part of the line to which the finding points. */
  readonly at: string;
  readonly message: RegExp;
};

/** The same, with the correct text in its place. */
export type FindingCaseWithFix = FindingCase & { readonly healthy: string };

/** Loads contracts from temporary files with `loadDocument`; call it at the top of a test file. */
export function contractFiles(): (text: string) => LoadedDocument {
  const folder = temporaryFolder();
  return (text) => {
    const path = join(folder, "contract.yaml");
    writeFileSync(path, text);
    return loadDocument(path);
  };
}

/** `HEALTHY` with its one `from` replaced. */
export function healthyBut(from: string, to: string): string {
  if (HEALTHY.split(from).length !== 2) throw new Error(`HEALTHY must contain this exactly once: ${from}`);
  return HEALTHY.replace(from, () => to);
}

/** The number of the first line of `text` that contains `part`, from 1. */
export function lineWith(text: string, part: string): number {
  return text.split("\n").findIndex((line) => line.includes(part)) + 1;
}
