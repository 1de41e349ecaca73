import type { Dice } from "../support/model/dice.ts";
import { call, type Place } from "./call.ts";
import { type ExpectedState, keyOf, stateAt } from "./expected-state.ts";
import type { Finding } from "./finding.ts";
import { inParallel } from "./in-parallel.ts";

export type Presented = {
  readonly findings: readonly Finding[];
  /** How many keys got which response. */
  readonly responses: ReadonlyMap<string, number>;
};

/** Presents the secrets of these keys, and compares the responses with the rules. */
export async function presentKeys(place: Place, expected: ExpectedState, ids: Iterable<string>): Promise<Presented> {
  const findings: Finding[] = [];
  const responses = new Map<string, number>();
  await inParallel([...ids], async (id) => {
    const secret = expected.secrets.get(id);
    // The response with the secret was lost.
    if (secret === undefined) return;
    const before = responseAt(expected, id, Date.now());
    const { status, body } = await call(place, { path: "/data", secret });
    const after = responseAt(expected, id, Date.now());
    const response = status === 200 ? "200" : `${status} ${(body as { readonly code: string }).code}`;
    responses.set(response, (responses.get(response) ?? 0) + 1);
    // An overlap may have ended in between.
    if (response !== before && response !== after) {
      const kind = after === RESPONSES.revoked && status === 200 ? "revoked-accepted" : "lost";
      findings.push({ kind, text: `${id} (${keyOf(expected, id).name}) got ${response}, not ${before}` });
    }
  });
  return { findings, responses };
}

/** The keys that changed since the last check, and some others. */
export function sampleOf({ touched, secrets }: ExpectedState, dice: Dice, others: number): ReadonlySet<string> {
  const known = [...secrets.keys()];
  return new Set([...touched, ...Array.from({ length: others }, () => dice.pick(known))]);
}

const RESPONSES = {
  active: "200",
  superseded: "200",
  revoked: "401 key-revoked",
  expired: "401 key-expired",
  disabled: "401 key-disabled",
} as const;

function responseAt(expected: ExpectedState, id: string, at: number): string {
  const key = keyOf(expected, id);
  const response = RESPONSES[stateAt(key, at)];
  const isDisabled = expected.clients.get(key.client.id)?.disabledAt !== null;
  return response === "200" && isDisabled ? "401 client-disabled" : response;
}
