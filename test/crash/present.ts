import type { Dice } from "../support/model/dice.ts";
import { call, type Place } from "./call.ts";
import type { Finding } from "./finding.ts";
import { inLanes } from "./lanes.ts";
import { keyOf, stateAt, type World } from "./world.ts";

export type Presented = {
  readonly findings: readonly Finding[];
  /** How many keys were answered in which way. */
  readonly answers: ReadonlyMap<string, number>;
};

/** Presents the secrets of these keys where they are good for something, and holds the answers against the rules. */
export async function presentKeys(place: Place, world: World, ids: Iterable<string>): Promise<Presented> {
  const findings: Finding[] = [];
  const answers = new Map<string, number>();
  await inLanes([...ids], async (id) => {
    const secret = world.secrets.get(id);
    // The answer with the secret was lost: nobody has it.
    if (secret === undefined) return;
    const before = answerAt(world, id, Date.now());
    const { status, body } = await call(place, { path: "/data", secret });
    const after = answerAt(world, id, Date.now());
    const answer = status === 200 ? "200" : `${status} ${(body as { readonly code: string }).code}`;
    answers.set(answer, (answers.get(answer) ?? 0) + 1);
    // An overlap may have ended meanwhile.
    if (answer !== before && answer !== after) {
      const kind = after === ANSWERS.revoked && status === 200 ? "revoked-accepted" : "lost";
      findings.push({ kind, text: `${id} (${keyOf(world, id).name}) was answered ${answer}, not ${before}` });
    }
  });
  return { findings, answers };
}

/** Those that changed since the last look, and some others. */
export function sampleOf({ touched, secrets }: World, dice: Dice, others: number): ReadonlySet<string> {
  const known = [...secrets.keys()];
  return new Set([...touched, ...Array.from({ length: others }, () => dice.pick(known))]);
}

const ANSWERS = {
  active: "200",
  superseded: "200",
  revoked: "401 key-revoked",
  expired: "401 key-expired",
  disabled: "401 key-disabled",
} as const;

function answerAt(world: World, id: string, at: number): string {
  const key = keyOf(world, id);
  const answer = ANSWERS[stateAt(key, at)];
  const isPaused = world.clients.get(key.client.id)?.disabledAt !== null;
  return answer === "200" && isPaused ? "401 client-disabled" : answer;
}
