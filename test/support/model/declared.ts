import { expect } from "@jest/globals";
import { Ajv2020 } from "ajv/dist/2020.js";
import { fullFormats } from "ajv-formats/dist/formats.js";
import { asRecord, type JsonObject, resolve } from "../../../src/contract/document/json.ts";
import { loadDocument } from "../../../src/contract/document/load.ts";
import { toOutline } from "../../../src/contract/model/outline.ts";
import { BUILT_IN_CONTRACT } from "../../../src/service/built-in-contract.ts";
import { operationsOf } from "./models.ts";

export const DOCUMENT = loadDocument(BUILT_IN_CONTRACT).document;
export const OPERATIONS = operationsOf(DOCUMENT);

const OUTLINE = toOutline(DOCUMENT);

// The schemas were checked with the contract. To check them again would compile the meta-schema for every test file.
const ajv = new Ajv2020({ strict: false, allErrors: true, formats: fullFormats, validateSchema: false });
ajv.addSchema(DOCUMENT, "contract");

type Received = {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: unknown;
  readonly text: string;
};

/** Checks a response against the contract of its operation: status, media type, headers, every field. */
export function expectDeclared(operationId: string, { status, headers, body, text }: Received) {
  const response = responseOf(operationId, status);
  expect({ operationId, status, declared: response !== undefined }).toEqual({ operationId, status, declared: true });

  const [mediaType = "", content] = Object.entries(asRecord(response?.["content"]))[0] ?? [];
  expect(String(headers["content-type"])).toContain(mediaType);
  for (const [name, header] of Object.entries(asRecord(response?.["headers"]))) {
    if (resolve(DOCUMENT, header)?.["required"] === true) expect(headers).toHaveProperty([name.toLowerCase()]);
  }
  // All refusals share one schema, which cannot require this member for 401 alone.
  if (status === 401) expect(body).toMatchObject({ error: expect.stringMatching(/^Unauthorized/) });
  expectSchema(asRecord(asRecord(content)["schema"]), mediaType === "text/plain" ? text : body);
}

function responseOf(operationId: string, status: number): JsonObject | undefined {
  const found = OUTLINE.operations.find(({ operation }) => operation["operationId"] === operationId);
  return resolve(DOCUMENT, asRecord(found?.operation["responses"])[status]);
}

function expectSchema(schema: JsonObject, value: unknown) {
  const { $ref } = schema;
  const validate = typeof $ref === "string" ? ajv.getSchema(`contract${$ref}`) : ajv.compile(schema);
  if (validate === undefined) throw new Error(`The contract has no schema ${$ref}.`);
  validate(value);
  expect(validate.errors ?? []).toEqual([]);
}
