import { afterAll, beforeAll, describe, expect, it } from "@jest/globals";
import fc from "fast-check";
import { asRecord, type JsonObject, resolve } from "../../src/contract/document/json.ts";
import { loadDocument } from "../../src/contract/document/load.ts";
import type { Contract } from "../../src/contract/model/contract.ts";
import { type FoundOperation, toOutline } from "../../src/contract/model/outline.ts";
import { digestOf } from "../../src/keys/digest.ts";
import { composeKey, RANDOM_LENGTH } from "../../src/keys/format.ts";
import type { ApiKey } from "../../src/keys/key.ts";
import { loadBuiltInContract } from "../../src/service/built-in-contract.ts";
import { loadServedContract } from "../../src/service/served-contract.ts";
import { aClient, aKey, NOON, UNKNOWN_SECRET } from "../support/builders.ts";
import { mayDepart } from "../support/judges/departures.ts";
import { modelOf, partsOf } from "../support/model/models.ts";
import { type HandlerBehaviour, type PairedService, pairedServices } from "../support/model/paired-services.ts";
import { samplesOf } from "../support/model/samples.ts";
import { runs } from "../support/runs.ts";
import { someConfig } from "../support/service.ts";
import { generatedRequests } from "../support/wire/generated-requests.ts";

/** `LATCHKEY_AGREEMENT_RUNS=100000 LATCHKEY_AGREEMENT_CONTRACTS="a.yaml b.yaml" npm test -- test/service/agreement`. */
const RUNS = Number(process.env["LATCHKEY_AGREEMENT_RUNS"] ?? runs(1_500));
const USER_CONTRACTS = (process.env["LATCHKEY_AGREEMENT_CONTRACTS"] ?? "").split(" ").filter((path) => path !== "");

/** The validator removes declared fields from these replies, while it tries an alternative that does not match. */
const ALTERNATIVES: readonly string[] = ["getAlternatives"];

const secretOf = (letter: string) => composeKey("lk", "live", letter.repeat(RANDOM_LENGTH));

function keysFor(document: JsonObject): ReadonlyMap<string, ApiKey> {
  const scopes = Object.keys(toOutline(document).scopes);
  const differences: readonly Partial<ApiKey>[] = [
    {},
    {},
    {},
    { client: aClient({ id: "client_b", plan: "tight" }) },
    { client: aClient({ id: "client_b", plan: "tight" }) },
    { scopes: scopes.slice(0, 1) },
    { scopes: [] },
    { expiresAt: NOON - 1 },
    { revokedAt: NOON - 1 },
    { disabledAt: NOON - 1 },
    { successorId: "key_next", overlapEndsAt: NOON + 1e12 },
    { environment: "test" },
    { allowedIps: ["192.0.2.0/24"] },
    { allowedIps: ["127.0.0.0/8"] },
    { client: aClient({ id: "client_c", disabledAt: NOON - 1 }) },
    { name: "forgotten" },
  ];
  return new Map(
    differences.map((one, index) => {
      const id = `key_${"k".repeat(19)}${index}`;
      const secret = secretOf(String.fromCharCode(97 + index));
      return [secret, aKey({ scopes, id, lineageId: id, digest: digestOf(secret), ...one })];
    }),
  );
}

/** What the handler of an operation does: mostly it replies as the contract declares. */
function actsOf(document: JsonObject, { operation }: FoundOperation): fc.Arbitrary<HandlerBehaviour> {
  const replies = Object.entries(asRecord(operation["responses"])).flatMap(([status, written]) => {
    const content = asRecord(resolve(document, written)?.["content"]);
    const { schema } = asRecord(content["application/json"]);
    if (!/^2\d\d$/.test(status)) return [];
    const body = schema === undefined ? fc.constantFrom(undefined, "text") : samplesOf(document, schema);
    return [body.map((one): object => ({ status: Number(status), body: one }))];
  });
  const odd = fc.constantFrom<object>(
    { status: 299, body: {} },
    { status: 200, body: { surplus: 1 } },
    { problem: "not-found", detail: "There is none." },
    { status: 200, body: { message: "x", data: [1] }, etag: '"1"', location: "/data" },
  );
  const reply = fc.oneof({ arbitrary: odd, weight: 1 }, ...replies.map((arbitrary) => ({ arbitrary, weight: 8 })));
  const kinds = { arbitrary: fc.constantFrom<HandlerBehaviour["kind"]>("now", "now", "later"), weight: 30 };
  return fc.record({
    kind: fc.oneof(kinds, { arbitrary: fc.constant<HandlerBehaviour["kind"]>("throw"), weight: 1 }),
    reply,
  });
}

async function loadUserContract(path: string): Promise<Contract> {
  const config = someConfig({ LATCHKEY_CONTRACT: path, LATCHKEY_LENIENT: "true" });
  return partsOf(await loadServedContract(config, loadBuiltInContract(), { hasHostApp: true })).contract;
}

describe.each([
  ["the contract of the service", async () => modelOf(loadBuiltInContract()), false],
  [
    "a contract with something of everything",
    async () => modelOf(loadDocument(new URL("../contract/judge/rich.yaml", import.meta.url))),
    false,
  ],
  ...USER_CONTRACTS.map((path) => [path, () => loadUserContract(path), true] as const),
] as const)("for %s, the compiled judge and the validator", (_name, load, isUserContract) => {
  let document: JsonObject = {};
  let keys: ReadonlyMap<string, ApiKey> = new Map();
  let both: readonly [PairedService, PairedService] | undefined;
  beforeAll(async () => {
    const contract = await load();
    document = contract.document;
    keys = keysFor(document);
    both = await pairedServices(contract, keys);
  }, 600_000);
  afterAll(() => {
    for (const twin of both ?? []) twin.close();
  });

  it("do the same for any request", async () => {
    const good = [...keys.keys()].slice(0, 5);
    const secrets = [...keys.keys(), ...good, ...good, ...good, ...good, UNKNOWN_SECRET];
    const [fast, slow] = both as readonly [PairedService, PairedService];
    const tally = new Map<string, number>();
    const outline = toOutline(document);
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          ...outline.operations
            .filter((found) => !mayDepart(outline.document, found) && !ALTERNATIVES.includes(found.id))
            .map((found) => fc.tuple(generatedRequests(document, found, secrets), actsOf(document, found))),
        ),
        fc.integer({ min: 0, max: 400 }),
        async ([request, behaviour], passedMs) => {
          const expected = await slow.exchange(request, behaviour, passedMs);
          const done = await fast.exchange(request, behaviour, passedMs);
          expect(done).toEqual(expected);
          const status = expected.response.slice(9, 12);
          tally.set(status, (tally.get(status) ?? 0) + 1);
        },
      ),
      { numRuns: RUNS, endOnFailure: true },
    );
    if (USER_CONTRACTS.length > 0)
      console.log({ runs: RUNS, compiledCount: fast.compiledCount(), ...Object.fromEntries(tally) });
    expect(slow.compiledCount()).toBe(0);
    if (isUserContract) return;
    // Both admitted and refused requests occurred, with each status.
    expect(tally.get("200") ?? 0).toBeGreaterThan(RUNS / 50);
    for (const status of ["400", "401", "403"]) expect(tally.get(status) ?? 0).toBeGreaterThan(0);
    expect(fast.compiledCount()).toBeGreaterThan(RUNS / 20);
  }, 3_600_000);
});
