import { readFileSync } from "node:fs";
import { describe, expect, it } from "@jest/globals";
import { createCompiledJudge } from "../../../src/contract/judge/compiled-judge.ts";
import { createReferenceJudge } from "../../support/judges/reference-judge.ts";
import { modelOf } from "../../support/model/models.ts";

type Sent = { readonly body?: unknown };

/** What a judge says: the values that a handler gets, or that it does not admit the request, or that it fails. */
type Said = object | "refused" | "fails";

type Case = {
  /** As in docs/validator-differences.md. */
  readonly row: string;
  readonly body?: object;
  readonly schemas?: object;
  readonly sent: Sent;
  readonly compiled: Said;
  readonly validator: Said;
};

const word = { type: "string", maxLength: 9 };

const CASES: readonly Case[] = [
  {
    row: "Alternatives with a discriminator, from the second",
    body: { $ref: "#/components/schemas/Animal" },
    schemas: {
      Animal: {
        oneOf: [{ $ref: "#/components/schemas/Cat" }, { $ref: "#/components/schemas/Dog" }],
        discriminator: { propertyName: "kind" },
      },
      Cat: { type: "object", properties: { kind: { const: "Cat" } } },
      Dog: { type: "object", properties: { kind: { const: "Dog" } } },
    },
    sent: { body: { kind: "Dog" } },
    compiled: { body: { kind: "Dog" } },
    validator: "refused",
  },
  {
    row: "Discriminator mappings to the name of a schema",
    body: {
      oneOf: [{ $ref: "#/components/schemas/Cat" }],
      discriminator: { propertyName: "kind", mapping: { cat: "Cat" } },
    },
    schemas: { Cat: { type: "object", properties: { kind: word } } },
    sent: { body: { kind: "cat" } },
    compiled: { body: { kind: "cat" } },
    validator: "refused",
  },
  {
    row: "Read-only properties with a default",
    body: { type: "object", properties: { id: { type: "integer", readOnly: true, default: 1 } } },
    sent: { body: {} },
    compiled: { body: {} },
    validator: "refused",
  },
  {
    row: "Required read-only properties beside `allOf`",
    body: { type: "object", required: ["id"], properties: { id: { type: "integer", readOnly: true } }, allOf: [{}] },
    sent: { body: {} },
    compiled: { body: {} },
    validator: "refused",
  },
];

const REPLY_ROW = "Replies with closed alternatives";

const closed = (...names: readonly string[]) => ({
  type: "object",
  additionalProperties: false,
  required: names,
  properties: Object.fromEntries(names.map((name) => [name, word])),
});

describe("where the validator departs from OpenAPI or JSON Schema", () => {
  it.each(CASES)("$row: the compiled judge follows the specification", async (one) => {
    const { compiled, validator } = await judgedByBoth(one);
    expect({ compiled, validator }).toEqual({ compiled: said(one.compiled), validator: said(one.validator) });
  });

  it(`${REPLY_ROW}: the compiled judge follows the specification`, async () => {
    const reply = { anyOf: [closed("a"), closed("a", "b")] };
    const contract = contractOf({ reply });
    const [operation] = contract.operations;
    if (operation === undefined) throw new Error("The contract has one operation.");
    const sent = { operation, status: 200, mediaType: "application/json", body: { a: "x", b: "y" } };
    expect(createCompiledJudge(contract).isValidReply(sent)).toBe(true);
    expect(await (await createReferenceJudge(contract)).prune(sent)).toEqual({ a: "x" });
  });

  it("has a row in docs/validator-differences.md for each case", () => {
    const page = readFileSync(new URL("../../../docs/validator-differences.md", import.meta.url), "utf8");
    const rows = page.split("\n").flatMap((line) => /^\| (.*?) \|/.exec(line)?.[1] ?? []);
    expect(new Set(rows.slice(2))).toEqual(new Set([...CASES.map(({ row }) => row), REPLY_ROW]));
  });
});

/** With the places that a case does not name. */
function said(expected: Said) {
  return typeof expected === "string" ? expected : expect.objectContaining(expected);
}

type Declared = Pick<Case, "body" | "schemas"> & { readonly reply?: object };

function contractOf({ body, schemas = {}, reply }: Declared) {
  const json = (schema: object) => ({ "application/json": { schema } });
  const operation = {
    operationId: "getA",
    security: [],
    ...(body && { requestBody: { required: true, content: json(body) } }),
    responses: { "200": { description: "Done.", ...(reply && { content: json(reply) }) } },
  };
  const document = {
    openapi: "3.1.1",
    info: { title: "One difference", version: "1.0.0" },
    servers: [{ url: "/" }],
    paths: { "/a": { [body === undefined ? "get" : "post"]: operation } },
    components: { schemas },
  };
  return modelOf({ text: "", document });
}

async function judgedByBoth({ sent, ...declared }: Case) {
  const contract = contractOf(declared);
  const [operation] = contract.operations;
  if (operation === undefined) throw new Error("The contract has one operation.");
  const judgedBody = sent.body === undefined ? undefined : { mediaType: "application/json", value: sent.body };
  const request = { operation, pathParams: {}, query: "", headers: {}, headerLines: () => [], body: judgedBody };
  const judgement = createCompiledJudge(contract).judgeRequest(request);
  const compiled = judgement === undefined ? "refused" : { ...judgement.parameters, body: judgement.body };
  const judged = await (await createReferenceJudge(contract)).judgeRequest(request);
  if (judged.kind !== "valid") return { compiled, validator: judged.kind === "invalid" ? "refused" : "fails" };
  return { compiled, validator: { ...judged.parameters, body: judged.body } };
}
