import { OPERATOR_AUTHORITY } from "../../admin/actions.ts";
import { updateClient } from "../../admin/clients/update-client.ts";
import { updateKey } from "../../admin/keys/update-key.ts";
import { viewOfClient, viewOfKey } from "../../admin/views.ts";
import { type Policy, planOf, termsOf } from "../../contract/model/plans.ts";
import { describeOverride, type Override, type OverrideTerms } from "../../keys/override.ts";
import type { Instant } from "../../lib/time/clock.ts";
import type { Limit } from "../../limits/limit.ts";
import { CommandFailed, UsageError } from "../failure.ts";
import { parseEnd } from "../option-values.ts";
import { toLimitsFailure, unknownClient, unknownKey } from "../outcome-failures.ts";
import { type JsonOption, toJson } from "../output.ts";
import { type Session, withChanges } from "../session.ts";
import { atOnce } from "../words/limit-text.ts";

export type LimitOptions = JsonOption & {
  readonly set?: readonly string[];
  readonly unlimited?: true;
  readonly asPlanned?: true;
  readonly until?: string;
};

export async function limitKey(session: Session, id: string, options: LimitOptions) {
  const { outcome, now, policy } = await withChanges(session, async (deps) => {
    const { clock, policy } = deps;
    const now = clock.now();
    const update = { limits: toOverride(options, now) };
    return { outcome: await updateKey({ id, update, isCurrent: () => true }, OPERATOR_AUTHORITY, deps), now, policy };
  });
  switch (outcome.kind) {
    case "updated":
      return session.out(
        options.json
          ? toJson(viewOfKey(outcome.key, now))
          : toText(id, outcome.key.limits, limitsOf(policy, outcome.key.client.plan)),
      );
    case "key-unknown":
      throw unknownKey(id);
    case "key-revoked":
      throw new CommandFailed(`${id} is revoked and cannot be changed: issue another key.`);
    case "limits-invalid":
      throw toLimitsFailure(outcome);
    default:
      throw new Error(`Limits were refused: ${outcome.kind}.`);
  }
}

export async function limitClient(session: Session, name: string, options: LimitOptions) {
  const { outcome, policy } = await withChanges(session, async (deps) => {
    const update = { limits: toOverride(options, deps.clock.now()) };
    const outcome = await updateClient({ id: name, update, isCurrent: () => true }, OPERATOR_AUTHORITY, deps);
    return { outcome, policy: deps.policy };
  });
  switch (outcome.kind) {
    case "updated":
      return session.out(
        options.json
          ? toJson(viewOfClient(outcome.client))
          : toText(name, outcome.client.limits, limitsOf(policy, outcome.client.plan)),
      );
    case "client-unknown":
      throw unknownClient(name);
    case "limits-invalid":
      throw toLimitsFailure(outcome);
    default:
      throw new Error(`Limits were refused: ${outcome.kind}.`);
  }
}

/** The limits that an override can change. */
function limitsOf(policy: Policy, plan: string | null): readonly Limit[] {
  return [...planOf(policy, plan).limits, ...policy.limits];
}

function toText(id: string, override: Override | null, limits: readonly Limit[]): string {
  if (override === null) return `${id}: as its plan says.\n`;
  const lines = Object.entries(override.set).flatMap(([name, terms]) => {
    const planned = limits.find((limit) => limit.name === name);
    return planned === undefined ? [] : burstLine(termsOf(planned, terms), terms);
  });
  return `${id}: ${describeOverride(override)}.\n${lines.join("")}`;
}

/** What follows from a limit for calls that come together: people who do not know the burst expect all at once. */
function burstLine(limit: Limit, { burst }: OverrideTerms): string {
  const { name, requests, windowSeconds } = limit;
  const hint =
    burst !== undefined || limit.burst >= requests
      ? ""
      : ` For ${requests} at once, add a burst: --set ${name}=${requests}/${windowSeconds}s+${requests}`;
  return `  ${name}: ${atOnce(limit)}.${hint}\n`;
}

function toOverride({ set = [], unlimited, asPlanned, until }: LimitOptions, now: Instant) {
  const chosen = [set.length > 0, unlimited === true, asPlanned === true].filter(Boolean);
  if (chosen.length !== 1) throw new UsageError("Choose exactly one of --set, --unlimited and --as-planned.");
  if (asPlanned) {
    if (until !== undefined) throw new UsageError("--until does not go with --as-planned: leave it out.");
    return null;
  }
  return {
    isUnlimited: unlimited === true,
    until: until === undefined ? null : parseEnd(until, now),
    set: Object.fromEntries(set.map(parseTerms)),
  };
}

/** `perKey=1000/60s`, `perKey=1000/60s+50`, `monthly=50000`. @throws UsageError */
function parseTerms(text: string): readonly [string, OverrideTerms] {
  const [, name = "", requests, windowSeconds, burst] = TERMS.exec(text) ?? [];
  if (requests === undefined)
    throw new UsageError(`Invalid limit ${text}: use for example perKey=1000/60s, or monthly=50000 for a quota.`);
  return [
    name,
    {
      requests: boundedNumber(requests, 1_000_000_000, text),
      ...(windowSeconds !== undefined && { windowSeconds: boundedNumber(windowSeconds, 2_678_400, text) }),
      ...(burst !== undefined && { burst: boundedNumber(burst, 1_000_000, text) }),
    },
  ];
}

const TERMS = /^([A-Za-z][0-9A-Za-z_-]{0,31})=(\d{1,10})(?:\/(\d{1,7})s)?(?:\+(\d{1,7}))?$/;

/** `digits` as a number from 1 to `most`, the bounds of the contract. @throws UsageError */
function boundedNumber(digits: string, most: number, text: string): number {
  const value = Number(digits);
  if (value >= 1 && value <= most) return value;
  throw new UsageError(`Invalid limit ${text}: ${digits} is out of range, use 1 to ${most}.`);
}
