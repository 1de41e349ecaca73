import { describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { isRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { createRoutes } from "../../../src/contract/model/paths/routes.ts";
import { contractFiles, HEALTHY } from "../../support/model/contract.ts";
import { checkContract, operationsOf } from "../../support/model/models.ts";
import { runs } from "../../support/runs.ts";

const contractOf = contractFiles();
const { document: healthy } = contractOf(HEALTHY);

type Change = { readonly at: number; readonly to: unknown };

/** What replaces a node; undefined removes it. */
const replacements = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(
    null,
    [],
    {},
    [null],
    [{}],
    "",
    7,
    "__proto__",
    "constructor",
    "toString",
    { $ref: "#/components/schemas/Thing" },
    { $ref: "#/components" },
    { $ref: "#/paths" },
    { $ref: 7 },
    { type: "__proto__" },
    { type: [["string"], null, {}] },
    { pattern: "(?<a>b)\\k<a>" },
    JSON.parse('{"__proto__": {"type": "apiKey"}, "constructor": {}}'),
  ),
  fc.jsonValue({ maxDepth: 2 }),
);
const changes = fc.array(fc.record({ at: fc.nat(200), to: replacements }), { minLength: 1, maxLength: 4 });

/** `document` with its node number `at`, counted from the root on, replaced. */
function changed(document: unknown, { at, to }: Change): unknown {
  let count = 0;
  const walk = (node: unknown): unknown => {
    if (count++ === at) return to;
    if (Array.isArray(node)) return node.map(walk).filter((child) => child !== undefined);
    if (!isRecord(node)) return node;
    return Object.fromEntries(
      Object.entries(node)
        .map(([name, child]) => [name, walk(child)] as const)
        .filter(([, child]) => child !== undefined),
    );
  };
  return walk(document);
}

function damaged(list: readonly Change[]): JsonObject {
  const document = list.reduce<unknown>(changed, healthy);
  return isRecord(document) ? document : {};
}

describe("the checks of a contract", () => {
  it("never throw, whatever is missing or replaced, and name a line and a fix", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const text = JSON.stringify(damaged(list), null, 1);
        for (const { line, message } of checkContract(contractOf(text), ["getThing", "putThing"])) {
          expect(line).toBeGreaterThanOrEqual(1);
          expect(line).toBeLessThanOrEqual(text.split("\n").length);
          expect(message).toMatch(/^(?!.*\[object Object\] \(at).+/s);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("let no operation through that asks for no key and does not say so", () => {
    fc.assert(
      fc.property(changes, (list) => {
        const contract = contractOf(JSON.stringify(damaged(list)));
        if (checkContract(contract).length > 0) return;
        for (const operation of operationsOf(contract.document)) {
          const declared = JSON.stringify(contract.document["paths"]);
          if (operation.isPublic) expect(declared).toMatch(/"security":\[(?:\{\})?\]/);
          else expect(operation.schemes.length).toBeGreaterThan(0);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it("let nothing through that the route table throws at, or cannot reach", () => {
    const odd = fc.string({ unit: fc.constantFrom(..."ab{}:*().-?#%/é "), maxLength: 6 });
    const segment = fc.oneof(odd, fc.constantFrom("a", "{a}", "{b}", "a-b"));
    let passed = 0;
    fc.assert(
      fc.property(fc.array(segment, { maxLength: 3 }), fc.boolean(), (segments, isRooted) => {
        const path = `${isRooted ? "/" : ""}${segments.join("/")}`;
        const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name]) => name);
        const parameters = names.map((name) => ({ name, in: "path", required: true, schema: { type: "boolean" } }));
        const operation = {
          operationId: "getIt",
          security: [],
          parameters,
          responses: { 204: { description: "Done." } },
        };
        const contract = contractOf(JSON.stringify({ ...healthy, paths: { [path]: { get: operation } } }));
        if (checkContract(contract).length > 0) return;
        passed++;
        // The part after # is for clients: no request has it. The part after ? is in the query.
        const sample = path.replace(/[#?].*$/s, "").replaceAll(/\{[^}]*\}/g, "b");
        expect(createRoutes(operationsOf(contract.document)).match("GET", sample).kind).toBe("matched");
      }),
      { numRuns: runs(500) },
    );
    expect(passed).toBeGreaterThan(runs(500) / 25);
  });
});
