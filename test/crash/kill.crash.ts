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
 * A kill ends the process and its memory. What it has passed to the operating system stays, on the disk or not. So this test
 * cannot show that `synchronous=FULL` survives a power cut. A commit takes a fraction of a millisecond, so few kills happen
 * during one: that SQLite repairs a torn commit is left to the tests of SQLite.
 */
const KILLS = 25;
const ACTIONS = 10_000;
/** After this many kills there is a clean stop, to compare the starts, and the audit chain is verified. */
const STOP_EVERY = 5;
/** The longest delay of a kill after the actions that it waits for, so that it hits different moments. */
const KILL_WITHIN_MS = 50;
/** How many unchanged keys are presented, too. */
const UNCHANGED_KEYS = 100;

/** Repeats the choices of a run, but not the exact moments of its kills. */
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
  // Actions cost more than one unit, and a fast machine exceeds the default plan.
  const { code: planned } = await latchkey(`clients update ${issued.key.client.id} --plan unlimited`);
  if (planned !== 0) throw new Error("The admin has no plan without limits.");
  const service = await startService(path, secret);
  expected = createExpectedState(await readStored(service, secret));
  callers = createCallers(expected, secret, dice, [...expected.clients.keys()]);
  return service;
}

/** Kills `service` under load once `count` actions were acknowledged. @returns the actions in flight. */
async function killAfter(count: number, service: ServiceRun): Promise<readonly Action[]> {
  const work = callers.workOn(service);
  while (callers.acknowledged() < count && callers.findings.length === 0) await wait(1);
  await wait(dice.below(KILL_WITHIN_MS));
  await service.kill();
  return work;
}

/** Checks everything that is stored, and presents some keys or all. */
async function check(service: ServiceRun, unacknowledged: readonly Action[], isLast: boolean) {
  const readFrom = Date.now();
  const stored = await readStored(service, secret);
  happened += settle(expected, stored, unacknowledged);
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
    const unacknowledged = await killAfter((ACTIONS / KILLS) * kill, service);
    inFlight += unacknowledged.length;
    openings.push(await timeOpening(path));
    service = await startService(path, secret);
    afterKill.push(service.times);

    const events = await check(service, unacknowledged, kill === KILLS);
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

/** The first ones: losses often come in thousands. */
function found(kind: FindingKind): readonly string[] {
  return findings.flatMap((finding) => (finding.kind === kind ? [finding.text] : [])).slice(0, 20);
}

describe(`kill -9, ${KILLS} times during ${ACTIONS} acknowledged actions,`, () => {
  beforeAll(run);

  it("loses nothing that was acknowledged", () => {
    expect(found("lost")).toEqual([]);
  });

  it("accepts no key that was revoked", () => {
    expect(found("revoked-accepted")).toEqual([]);
  });

  it("leaves no rotation half finished", () => {
    expect(found("half-rotation")).toEqual([]);
  });

  it("leaves nothing that was never requested", () => {
    expect(found("invented")).toEqual([]);
  });

  it("leaves one event for each action, in an unbroken chain", () => {
    expect(found("audit")).toEqual([]);
  });

  it("refuses no action between two kills", () => {
    expect(found("refused")).toEqual([]);
  });

  it("happened during every kind of action, and every kind of response was seen", () => {
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
    // Otherwise the kills came while nothing was in progress.
    expect(inFlight).toBeGreaterThan(KILLS);
  });
});
