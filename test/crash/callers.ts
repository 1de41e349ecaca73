import type { Dice } from "../support/model/dice.ts";
import { call, type Reply } from "./call.ts";
import { type Chooser, chooseDeed } from "./choice.ts";
import type { Deed, DeedKind } from "./deeds.ts";
import type { Finding } from "./finding.ts";
import type { Life } from "./life.ts";
import type { World } from "./world.ts";

/** More than SQLite can do at once, so that deeds wait for each other. */
const CALLERS = 16;

export type Callers = {
  /** Deeds that were acknowledged and changed something. */
  readonly acknowledged: () => number;
  readonly byKind: ReadonlyMap<DeedKind, number>;
  readonly findings: readonly Finding[];
  /**
   * Lets all callers do one deed after the other until the service is gone, or refuses one.
   * @returns the deeds that were not answered.
   */
  readonly workOn: (life: Life) => Promise<readonly Deed[]>;
};

/** @param idle ids of clients that are to be left alone. */
export function createCallers(world: World, secret: string, dice: Dice, idle: readonly string[]): Callers {
  const busy = new Set<string>(idle);
  const byKind = new Map<DeedKind, number>();
  const findings: Finding[] = [];
  let acknowledged = 0;
  let names = 0;
  const chooser: Chooser = { world, dice, busy, newName: () => `name ${names++}` };

  const writeDown = (deed: Deed, { status, requestId, body }: Reply) => {
    if (status !== 200 && status !== 201) {
      findings.push({ kind: "refused", text: `${deed.path}: ${status} ${JSON.stringify(body)}` });
      return;
    }
    const events = deed.acknowledge(world, body);
    world.events.set(requestId, events);
    if (events.length === 0) return;
    acknowledged++;
    byKind.set(deed.kind, (byKind.get(deed.kind) ?? 0) + 1);
  };

  /** @returns the deed that was not answered, if there is one. */
  const work = async (life: Life): Promise<readonly Deed[]> => {
    while (findings.length === 0) {
      const deed = chooseDeed(chooser);
      busy.add(deed.subject);
      try {
        writeDown(deed, await call(life, { method: deed.method ?? "POST", path: deed.path, body: deed.body, secret }));
      } catch (error) {
        if (!life.isEnding()) findings.push({ kind: "refused", text: `${deed.path}: ${error}` });
        return [deed];
      } finally {
        busy.delete(deed.subject);
      }
    }
    return [];
  };

  return {
    acknowledged: () => acknowledged,
    byKind,
    findings,
    workOn: async (life) => (await Promise.all(Array.from({ length: CALLERS }, () => work(life)))).flat(),
  };
}
