import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "@jest/globals";
import { createDice } from "../support/model/dice.ts";
import { startLatchkey } from "../support/process/child.ts";
import { temporaryFolder } from "../support/temporary.ts";
import { ACTION_KINDS, type Action } from "./actions.ts";
import { type Callers, createCallers } from "./callers.ts";
import { compare, settle } from "./compare.ts";
import { createExpectedState, type ExpectedState } from "./expected-state.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { type OpeningTimes, timeOpening } from "./opening.ts";
import { presentKeys, sampleOf } from "./present-keys.ts";
import { toReport } from "./report.ts";
import { type ServiceRun, type StartTimes, startService } from "./service-run.ts";
import { readStored } from "./stored.ts";

/*
 * A kill takes the process and what it had in memory. What it has handed to the system stays, written to the disk or
 * not: that `synchronous=FULL` survives a power cut cannot be seen here. And a commit is written in a fraction of a
 * millisecond, in which few kills fall: that SQLite mends a torn one is left to SQLite's own tests.
 */
const KILLS = 25;
const ACTIONS = 10_000;
/** After every so many kills there is a clean stop too, to compare the start after it, and the chain is verified. */
const STOP_EVERY = 5;
/** A kill comes so long, at most, after the deeds that it waits for, so that it meets anything that may be going on. */
const KILL_WITHIN_MS = 50;
/** Keys that did not change of late, and are presented all the same. */
const UNCHANGED_KEYS = 100;

/** Repeats the choices of a run; the moments of its kills are the machine's. */
const seed = Number(process.env["CRASH_SEED"] ?? Date.now() % 1_000_000);
const dice = createDice(seed);
const path = join(temporaryFolder(), "latchkey.db");

const findings: Finding[] = [];
const afterKill: StartTimes[] = [];
const afterStop: StartTimes[] = [];
const openings: OpeningTimes[] = [];
const responses = new Map<string, number>();
let inFlight = 0;
let happened = 0;
let secret = "";
let expected: ExpectedState;
let callers: Callers;

async function latchkey(words: string) {
  return startLatchkey(words.split(" "), { DATABASE_URL: `sqlite:${path}` }).ended;
}

async function begin(): Promise<ServiceRun> {
  const { code, out, err } = await latchkey("keys create --admin --json");
  if (code !== 0) throw new Error(`There is no admin key: ${err}`);
  const issued = JSON.parse(out);
  secret = issued.secret;
  // Deeds cost more than one unit, and a quick machine does more than the plan of others allows.
  const { code: planned } = await latchkey(`clients update ${issued.key.client.id} --plan unlimited`);
  if (planned !== 0) throw new Error("The admin has no plan without limits.");
  const service = await startService(path, secret);
  expected = createExpectedState(await readStored(service, secret));
  callers = createCallers(expected, secret, dice, [...expected.clients.keys()]);
  return service;
}

/** Kills `service` under load once `actions` were acknowledged in all. @returns what was in flight. */
async function killAfter(actions: number, service: ServiceRun): Promise<readonly Action[]> {
  const work = callers.workOn(service);
  while (callers.acknowledged() < actions && callers.findings.length === 0) await wait(1);
  await wait(dice.below(KILL_WITHIN_MS));
  await service.kill();
  return work;
}

/** Looks at everything that is stored, and presents some keys or all. */
async function look(service: ServiceRun, unanswered: readonly Action[], isLast: boolean) {
  const readFrom = Date.now();
  const stored = await readStored(service, secret);
  happened += settle(expected, stored, unanswered);
  findings.push(...compare(expected, stored, readFrom));

  const presented = await presentKeys(
    service,
    expected,
    isLast ? expected.secrets.keys() : sampleOf(expected, dice, UNCHANGED_KEYS),
  );
  findings.push(...presented.findings);
  for (const [response, count] of presented.responses) responses.set(response, (responses.get(response) ?? 0) + count);
  expected.touched.clear();
  return stored.events.length;
}

async function verifyChain(events: number) {
  const { code, out, err } = await latchkey("audit verify");
  const isIntact = code === 0 && out.startsWith(`Intact: ${events} events.`);
  if (!isIntact) findings.push({ kind: "audit", text: `latchkey audit verify: ${code} ${out}${err}` });
}

async function stopAndStart(service: ServiceRun): Promise<ServiceRun> {
  await service.stop();
  const next = await startService(path, secret);
  afterStop.push(next.times);
  return next;
}

async function killAgainAndAgain(first: ServiceRun) {
  let service = first;
  for (let kill = 1; kill <= KILLS && findings.length === 0; kill++) {
    const unanswered = await killAfter((ACTIONS / KILLS) * kill, service);
    inFlight += unanswered.length;
    openings.push(await timeOpening(path));
    service = await startService(path, secret);
    afterKill.push(service.times);

    const events = await look(service, unanswered, kill === KILLS);
    findings.push(...callers.findings);
    if (kill % STOP_EVERY > 0) continue;
    await verifyChain(events);
    service = await stopAndStart(service);
  }
  await service.stop();
}

async function run() {
  const service = await begin();
  try {
    await killAgainAndAgain(service);
  } finally {
    const summary = { seed, acknowledged: callers.acknowledged(), keys: expected.keys.size, inFlight, happened };
    process.stderr.write(toReport({ ...summary, afterKill, afterStop, openings, responses }));
  }
}

/** The first few: what is lost is often lost in thousands. */
function found(kind: FindingKind): readonly string[] {
  return findings.flatMap((finding) => (finding.kind === kind ? [finding.text] : [])).slice(0, 20);
}

describe(`kill -9, ${KILLS} times during ${ACTIONS} acknowledged deeds,`, () => {
  beforeAll(run);

  it("loses nothing that was acknowledged", () => {
    expect(found("lost")).toEqual([]);
  });

  it("lets no key be accepted that was revoked", () => {
    expect(found("revoked-accepted")).toEqual([]);
  });

  it("leaves no rotation half done", () => {
    expect(found("half-rotation")).toEqual([]);
  });

  it("leaves nothing behind that nobody asked for", () => {
    expect(found("invented")).toEqual([]);
  });

  it("leaves one event for each deed, in an unbroken chain", () => {
    expect(found("audit")).toEqual([]);
  });

  it("keeps no deed from being done between two kills", () => {
    expect(found("refused")).toEqual([]);
  });

  it("came while every kind of deed was under way, and every kind of answer was seen", () => {
    expect(afterKill).toHaveLength(KILLS);
    expect(callers.acknowledged()).toBeGreaterThanOrEqual(ACTIONS);
    expect([...callers.byKind.keys()].sort()).toEqual([...ACTION_KINDS].sort());
    expect([...responses.keys()].sort()).toEqual([
      "200",
      "401 client-disabled",
      "401 key-disabled",
      "401 key-expired",
      "401 key-revoked",
    ]);
    // Or the kills came when nothing was going on.
    expect(inFlight).toBeGreaterThan(KILLS);
  });
});
