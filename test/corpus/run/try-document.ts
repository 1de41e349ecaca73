import { readFileSync } from "node:fs";
import { asRecord, type JsonObject } from "../../../src/contract/document/json.ts";
import { casesOf } from "../requests/cases.ts";
import type { CorpusCase } from "../requests/corpus-request.ts";
import { credentialsFor } from "../requests/credentials.ts";
import { type CorpusOperation, operationsOf, wordsIn } from "../requests/operations.ts";
import { dialectOf } from "../values/dialect.ts";
import { createRandom } from "../values/random.ts";
import { type Client, createClient } from "./client.ts";
import { checkContract, initContract } from "./commands.ts";
import { startGateway } from "./gateway.ts";
import { type RecordingUpstream, startUpstream } from "./recording-upstream.ts";
import { departureOf } from "./verdict.ts";

/** What became of one document. */
export type Outcome = {
  readonly name: string;
  readonly version: string;
  /** `served`; `refused` by the check; or `broken`: sound for the check, and yet the start fails. */
  readonly start: "served" | "refused" | "broken";
  /** What the check or the start says. */
  readonly findings: readonly string[];
  readonly checkMs: number;
  readonly operations: number;
  /** Operations of which the check says that no request reaches them. */
  readonly unreachable: number;
  /** Operations of which no valid request could be generated. */
  readonly untried: readonly string[];
  readonly valid: number;
  readonly misses: number;
  readonly departures: readonly Departure[];
};

export type Departure = {
  readonly operation: string;
  /** What was generated, such as `all`, or `body maxLength` for a near-miss. */
  readonly kind: string;
  readonly isValid: boolean;
  readonly why: string;
  readonly target: string;
  readonly body?: string;
};

export type TryOptions = {
  readonly file: string;
  readonly name: string;
  /** The document that `init` makes of it, instead of itself. */
  readonly afterInit: boolean;
  readonly mostMisses: number;
  /** At most this many operations, evenly spread. */
  readonly mostOperations: number;
};

export async function tryDocument({ file: written, name, afterInit, ...most }: TryOptions): Promise<Outcome> {
  const file = afterInit ? await initContract(written) : written;
  const document: JsonObject = asRecord(JSON.parse(readFileSync(file, "utf8")));
  const began = performance.now();
  const { isSound, findings, unreachable } = await checkContract(file);
  const common = {
    name,
    version: String(document["openapi"]),
    checkMs: Math.round(performance.now() - began),
    operations: operationsOf(document).length,
    unreachable: operationsOf(document).filter((one) => isIn(unreachable, one)).length,
  };
  const untried = { untried: [], valid: 0, misses: 0, departures: [] };
  const upstream = await startUpstream();
  try {
    const gateway = await startGateway(file, upstream.url).catch((error: unknown) => errorText(error));
    if (typeof gateway === "string") {
      return { ...common, start: isSound ? "broken" : "refused", findings: isSound ? [gateway] : findings, ...untried };
    }
    const client = createClient(gateway.url);
    try {
      const sent = await sendAll(document, name, { client, upstream, unreachable, key: gateway.key, ...most });
      return { ...common, start: "served", findings, ...sent };
    } finally {
      client.close();
      await gateway.stop();
    }
  } finally {
    await upstream.close();
  }
}

function errorText(error: unknown): string {
  const { findings } = asRecord(error);
  return Array.isArray(findings) ? JSON.stringify(findings[0]) : String(error instanceof Error ? error.stack : error);
}

type Sending = {
  readonly client: Client;
  readonly upstream: RecordingUpstream;
  readonly key: string;
  readonly unreachable: ReadonlySet<string>;
  readonly mostMisses: number;
  readonly mostOperations: number;
};

async function sendAll(
  document: JsonObject,
  name: string,
  { mostMisses, mostOperations, unreachable, ...sending }: Sending,
) {
  const dialect = dialectOf(document);
  const all = operationsOf(document);
  const words = wordsIn(all);
  const step = Math.max(1, Math.ceil(all.length / mostOperations));
  const tally = { valid: 0, misses: 0, untried: [] as string[], departures: [] as Departure[] };
  const tried = all.filter((one, index) => index % step === 0 && !isIn(unreachable, one));
  for (const operation of tried) {
    const credentials = credentialsFor(document, operation.security, sending.key);
    const random = createRandom(`${name} ${operation.label}`);
    const cases = casesOf(operation, { dialect, random, credentials, words, mostMisses });
    if (cases.length === 0) tally.untried.push(operation.label);
    const departures = await Promise.all(cases.map((one) => send(one, sending)));
    tally.valid += cases.filter(({ refusedAt }) => refusedAt === undefined).length;
    tally.misses += cases.filter(({ refusedAt }) => refusedAt !== undefined).length;
    tally.departures.push(...departures.flat().map((one) => ({ operation: operation.label, ...one })));
  }
  return tally;
}

function isIn(places: ReadonlySet<string>, { method, path }: CorpusOperation): boolean {
  return places.has(path) || places.has(`${method} ${path}`);
}

let sentCount = 0;

async function send(one: CorpusCase, { client, upstream, key }: Pick<Sending, "client" | "upstream" | "key">) {
  const { request, kind, refusedAt } = one;
  const number = String(sentCount++);
  const why = await client.send(request, number).then(
    (received) => departureOf(one, received, upstream.take(number), key),
    (error: unknown) => `no response: ${error}`,
  );
  if (why === undefined) return [];
  const body = request.body?.toString("latin1").slice(0, 400);
  return [{ kind, isValid: refusedAt === undefined, why, target: request.target, ...(body && { body }) }];
}
